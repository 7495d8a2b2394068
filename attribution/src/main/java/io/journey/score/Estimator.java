package io.journey.score;

import java.io.Serializable;

/**
 * A way from projected gradients of training images and targets to scores. {@link Estimators} finds
 * implementations by {@link java.util.ServiceLoader}; they need a public constructor without
 * arguments. Formulas and sources of Journey's own: {@code docs/methods/estimators.md}; how to add
 * one: {@code docs/extend/estimator.md}.
 */
public interface Estimator extends Serializable {
  /** Returns its name in tables and on the command line, such as {@code journey-trak}. */
  String name();

  /**
   * Returns its place in tables and in help. Where no estimator is named, features are scored by
   * the one of least order that they serve; the name decides between equal orders.
   */
  default int order() {
    return 100;
  }

  /** Returns what features and targets must be for it. */
  FeatureRequirement needs();

  /**
   * Returns whether scores by a checkpoint are Φx, with an x that is of the target and of all
   * features together, and {@link Scorer#weights} gives it.
   */
  default boolean isLinear() {
    return false;
  }

  /**
   * Prepares the scores of targets by one checkpoint.
   *
   * @param features of the training images, as {@link #needs()} asks; open as long as the scorer is
   *     used
   * @param damping of ΦᵀΦ; without meaning where {@link #needs()} says that none applies
   */
  Scorer prepare(TrainingFeatures features, Damping damping);
}
