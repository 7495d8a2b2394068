package io.journey.nn;

import org.bytedeco.pytorch.Tensor;

/** Told about the input and output of every {@link TrackedLayer} in a forward pass. */
@FunctionalInterface
public interface Tape {
  /** Ignores everything. */
  Tape NONE = (layer, input, output, saved) -> {};

  /**
   * {@code layer} turned {@code input} into {@code output}.
   *
   * @param saved what the layer's weight gradient needs besides; all tensors live in the caller's
   *     scope
   */
  void record(TrackedLayer layer, Tensor input, Tensor output, Tensor... saved);
}
