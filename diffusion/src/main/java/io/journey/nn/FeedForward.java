package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Two linear layers over the last dimension with an activation between. Gated, the first is twice
 * as wide, and its second half, activated, is multiplied with its first: GEGLU where the activation
 * is GELU (Shazeer 2020).
 */
public final class FeedForward implements Module {
  private final String name;
  private final Linear in;
  private final Linear out;
  private final Activation activation;
  private final boolean gated;

  private FeedForward(String name, Linear in, Linear out, Activation activation, boolean gated) {
    this.name = name;
    this.in = in;
    this.out = out;
    this.activation = activation;
    this.gated = gated;
  }

  /** Returns the block with GEGLU in the layout of diffusers' {@code FeedForward}. */
  public static FeedForward geglu(Parameters parameters, String name, int width, int inner) {
    Linear in = new Linear(parameters, name + ".net.0.proj", width, 2 * inner);
    Linear out = new Linear(parameters, name + ".net.2", inner, width);
    return new FeedForward(name, in, out, Activation.GELU, true);
  }

  /** Returns the block in the layout of transformers' {@code CLIPMLP}. */
  public static FeedForward plain(
      Parameters parameters, String name, int width, int inner, Activation activation) {
    Linear in = new Linear(parameters, name + ".fc1", width, inner);
    Linear out = new Linear(parameters, name + ".fc2", inner, width);
    return new FeedForward(name, in, out, activation, false);
  }

  /** (B, …, C) -> (B, …, C) */
  public Tensor forward(Tensor x, Tape tape) {
    Tensor h = in.forward(x, tape); // (B, …, inner or 2·inner)
    if (gated) {
      long inner = h.size(-1) / 2;
      h = h.narrow(-1, 0, inner).mul(activation.apply(h.narrow(-1, inner, inner)));
    } else {
      h = activation.apply(h);
    }
    return out.forward(h, tape);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return List.of(in, out);
  }
}
