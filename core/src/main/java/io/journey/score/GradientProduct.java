package io.journey.score;

/** Estimators whose scores are Φg and no more. They differ in what Φ and g are gradients of. */
interface GradientProduct extends Estimator {
  @Override
  default boolean damped() {
    return false;
  }

  @Override
  default boolean isProduct() {
    return true;
  }

  @Override
  default double[] scores(Features features, double[] target, double lambda) {
    return features.spectrum().dots(target);
  }
}
