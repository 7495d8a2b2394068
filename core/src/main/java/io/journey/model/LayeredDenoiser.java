package io.journey.model;

import org.bytedeco.pytorch.Tensor;

/** A denoiser all of whose weights sit in {@link Layer}s, each used once in a forward pass. */
public interface LayeredDenoiser extends Denoiser {
  /**
   * ε_θ(x_t, t), with every layer's input and output put on a tape.
   *
   * @param xt [B, C, H, W]
   * @param timesteps t of each row, [B]
   * @return [B, C, H, W]
   */
  Tensor predictNoise(Tensor xt, int[] timesteps, LayerTape tape);

  @Override
  default Tensor predictNoise(Tensor xt, int[] timesteps) {
    return predictNoise(xt, timesteps, LayerTape.NONE);
  }
}
