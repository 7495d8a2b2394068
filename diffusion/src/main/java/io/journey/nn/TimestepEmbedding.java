package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Two linear layers with a SiLU between, in the layout of diffusers' {@code TimestepEmbedding}. */
public final class TimestepEmbedding implements Module {
  private final String name;
  private final Linear linear1;
  private final Linear linear2;

  /** Announces the weights of both layers. */
  public TimestepEmbedding(Parameters parameters, String name, int in, int width) {
    this.name = name;
    linear1 = new Linear(parameters, name + ".linear_1", in, width);
    linear2 = new Linear(parameters, name + ".linear_2", width, width);
  }

  /** (B, in) -> (B, E) */
  public Tensor forward(Tensor features, Tape tape) {
    return linear2.forward(torch.silu(linear1.forward(features, tape)), tape);
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
