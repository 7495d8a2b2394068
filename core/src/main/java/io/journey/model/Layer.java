package io.journey.model;

/** A layer with weights, whose weight gradient follows from its input and its output's gradient. */
public sealed interface Layer permits Conv2d, Linear, GroupNorm, Embedding {
  /** The weight. */
  Parameter weight();

  /** The bias, or null where there is none. */
  Parameter bias();
}
