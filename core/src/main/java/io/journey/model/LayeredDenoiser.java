package io.journey.model;

/** A denoiser all of whose weights sit in {@link Layer}s, recorded each time they are used. */
public interface LayeredDenoiser extends Denoiser {
  /** Returns about how many numbers one row has in the largest layer's output. Bounds batches. */
  int widestOutput();
}
