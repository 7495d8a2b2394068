package io.journey.model;

import org.bytedeco.pytorch.Tensor;

/** A denoiser all of whose weights sit in {@link Layer}s, recorded each time it is used. */
public interface LayeredDenoiser extends Denoiser {
  /**
   * The model's output at (x_t, t), with every layer's input and output put on a tape.
   *
   * @param xt [B, C, H, W]
   * @param timesteps t of each row, [B]
   * @param labels the class of each row, [B], or null where they have none; ignored by a model
   *     without classes
   * @return [B, C, H, W]
   */
  Tensor predict(Tensor xt, int[] timesteps, int[] labels, LayerTape tape);

  /** Numbers one row has in the layer's output that has most, about: it tells what a row costs. */
  int widestOutput();

  @Override
  default Tensor predict(Tensor xt, int[] timesteps, int[] labels) {
    return predict(xt, timesteps, labels, LayerTape.NONE);
  }
}
