package io.journey.model;

import io.journey.dataset.ImageShape;
import org.bytedeco.pytorch.Tensor;

/**
 * What a diffusion model predicts from a noised image: its noise ε, the clean image or the
 * velocity, as its schedule says. Any number of threads may predict at once while nobody writes the
 * parameters.
 */
public interface Denoiser extends AutoCloseable {
  /** The shape of the images. */
  ImageShape shape();

  /** θ. */
  Parameters parameters();

  /**
   * The model's output at (x_t, t).
   *
   * @param xt [B, C, H, W], of the parameters' number type
   * @param timesteps t of each row, [B]
   * @param labels the class of each row, [B], or null where they have none; ignored by a model
   *     without classes
   * @return [B, C, H, W]; lives in the caller's scope
   */
  Tensor predict(Tensor xt, int[] timesteps, int[] labels);

  @Override
  default void close() {
    parameters().close();
  }
}
