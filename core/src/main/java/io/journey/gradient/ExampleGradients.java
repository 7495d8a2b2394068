package io.journey.gradient;

import io.journey.diffusion.DenoisingDraws;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The exact gradient of each image's loss, averaged over its draws: ∇_θ (1/R) Σ_r mean over pixels
 * of (ε_r − ε_θ(x_{t_r}, t_r))². Images never share a gradient, whatever they are batched with.
 * Safe for many threads.
 */
public interface ExampleGradients {
  /** Receives gradients one by one. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param image index into the list of images
     * @param gradient [p], in the order of the model's flat vector; reused after the call
     * @param loss the image's mean loss
     */
    void accept(int image, float[] gradient, double loss);
  }

  /**
   * Computes the gradients of some images.
   *
   * @param mask weights of pixels [H, W], or null
   * @param sink told of every image, in order
   */
  void compute(List<DenoisingDraws> images, Tensor mask, Sink sink);
}
