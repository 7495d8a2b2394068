package io.journey.nn;

import java.util.List;

/**
 * A layer with weights that puts its uses on a {@link Tape}, so that the gradient of each example
 * follows from its input and its output's gradient.
 */
public interface TrackedLayer extends Module {
  /** Returns the weight. */
  Parameter weight();

  /** Returns the bias, or null where there is none. */
  Parameter bias();

  /** Returns how its weights get the gradient of each example. */
  ExampleGradientRule rule();

  @Override
  default String name() {
    String name = weight().name();
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  @Override
  default List<Module> children() {
    return List.of();
  }

  @Override
  default List<Parameter> ownWeights() {
    return bias() == null ? List.of(weight()) : List.of(weight(), bias());
  }
}
