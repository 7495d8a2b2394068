package io.journey.projection;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import org.bytedeco.pytorch.Tensor;

/**
 * A fixed linear map from the gradients of some weights to R^k, given weight by weight: what a
 * weight adds depends on its name and its numbers alone, not on what other weights there are or in
 * which order they come. Safe for many threads.
 */
public interface Projection extends AutoCloseable {
  /** Returns k, how many numbers a feature has. */
  int dim();

  /**
   * Adds the share that a weight's gradients have in the features of some images: sums[i] +=
   * P_weightᵀ·gradient[i]. A feature is the sum of the shares of all weights.
   *
   * @param gradient of N images
   * @param sums added to, float32 [N, k]
   */
  void add(Parameter weight, LayerGradient gradient, Tensor sums);

  /** Gives up what it keeps on the device; it is made anew where it is needed again. */
  @Override
  default void close() {}
}
