package io.journey.model;

import io.journey.dataset.ImageShape;
import org.bytedeco.pytorch.Tensor;

/**
 * ε_θ: predicts the noise in a noised image. Any number of threads may predict at once while nobody
 * writes the parameters.
 */
public interface Denoiser extends AutoCloseable {
  /** The shape of the images. */
  ImageShape shape();

  /** θ. */
  Parameters parameters();

  /**
   * ε_θ(x_t, t).
   *
   * @param xt [B, C, H, W], of the parameters' number type
   * @param timesteps t of each row, [B]
   * @return [B, C, H, W]; lives in the caller's scope
   */
  Tensor predictNoise(Tensor xt, int[] timesteps);

  @Override
  default void close() {
    parameters().close();
  }
}
