package io.journey.nn;

import org.bytedeco.pytorch.Tensor;

/** A module that may change the size of images, told the time. */
public interface Resampler extends Module {
  /** x (B, I, H, W), activated time embedding (B, E) -> (B, O, H', W') */
  Tensor forward(Tensor x, Tensor temb, Tape tape);
}
