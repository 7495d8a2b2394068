package io.journey.model;

import org.bytedeco.pytorch.Tensor;

/** Told about the input and output of every {@link Layer} in a forward pass. */
@FunctionalInterface
public interface LayerTape {
  /** Ignores everything. */
  LayerTape NONE = (layer, input, output, saved) -> {};

  /**
   * {@code layer} turned {@code input} into {@code output}.
   *
   * @param saved what the layer's weight gradient needs besides; all tensors live in the caller's
   *     scope
   */
  void record(Layer layer, Tensor input, Tensor output, Tensor... saved);
}
