package io.journey.gradient;

import io.journey.diffusion.DenoisingDraws;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The exact gradient of each image's loss, averaged over its draws: ∇_θ (1/R) Σ_r mean over pixels
 * of (ε_r − ε_θ(x_{t_r}, t_r))², or of another {@link io.journey.diffusion.OutputFunction} in the
 * place of the loss. Images never share a gradient, whatever they are batched with. A gradient is
 * handed over weight by weight, so that whole gradients need not be held. Safe for many threads.
 */
public interface ExampleGradients {
  /**
   * Computes the gradients of some images.
   *
   * @param mask weights of pixels [H, W], or null
   * @param sink told of every weight that it wants and an image's loss depends on at least once, in
   *     an order that depends on the model and the numbers of draws alone
   * @return the mean loss (or other output) of each image, [N]
   */
  float[] compute(List<DenoisingDraws> images, Tensor mask, GradientSink sink);
}
