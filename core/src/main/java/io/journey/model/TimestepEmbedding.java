package io.journey.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Two linear layers with a SiLU between, in the layout of diffusers' {@code TimestepEmbedding}. */
final class TimestepEmbedding {
  private final Linear linear1;
  private final Linear linear2;

  TimestepEmbedding(Parameters parameters, String name, int in, int width) {
    linear1 = new Linear(parameters, name + ".linear_1", in, width);
    linear2 = new Linear(parameters, name + ".linear_2", width, width);
  }

  /** (B, in) -> (B, E) */
  Tensor forward(Tensor features, LayerTape tape) {
    return linear2.forward(torch.silu(linear1.forward(features, tape)), tape);
  }
}
