package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.nn.Module;

/**
 * A denoiser all of whose weights sit in {@link io.journey.nn.TrackedLayer}s, recorded each time
 * they are used.
 */
public interface LayeredDenoiser extends Denoiser, Module {
  /** Returns the architecture. */
  DenoiserConfig config();

  /** Returns about how many numbers one row has in the largest layer's output. Bounds batches. */
  int widestOutput();

  @Override
  default String name() {
    return "";
  }

  @Override
  default ImageShape shape() {
    return config().shape();
  }

  @Override
  default ConditioningSpec conditioning() {
    return config().conditioning();
  }

  @Override
  default InputRange timesteps() {
    return config().timesteps();
  }
}
