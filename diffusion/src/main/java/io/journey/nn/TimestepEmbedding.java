package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Two linear layers with an activation between, in the layout of diffusers' {@code
 * TimestepEmbedding}.
 */
public final class TimestepEmbedding implements Module {
  private final String name;
  private final Linear linear1;
  private final Linear linear2;
  private final Activation activation;

  /** An embedding with SiLU. */
  public TimestepEmbedding(Parameters parameters, String name, int in, int width) {
    this(parameters, name, in, width, Activation.SILU);
  }

  /** Announces the weights of both layers. */
  public TimestepEmbedding(
      Parameters parameters, String name, int in, int width, Activation activation) {
    this.name = name;
    this.activation = activation;
    linear1 = new Linear(parameters, name + ".linear_1", in, width);
    linear2 = new Linear(parameters, name + ".linear_2", width, width);
  }

  /** (B, in) -> (B, E) */
  public Tensor forward(Tensor features, Tape tape) {
    return linear2.forward(activation.apply(linear1.forward(features, tape)), tape);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return List.of(linear1, linear2);
  }
}
