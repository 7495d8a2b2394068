package io.journey.model;

/** A layer with weights, whose gradients follow from its input and its output's gradient. */
public interface Layer {
  /** The weight. */
  Parameter weight();

  /** The bias, or null where there is none. */
  Parameter bias();

  /** Returns how its weights get the gradient of each example. */
  ExampleGradientRule rule();
}
