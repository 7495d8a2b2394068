package io.journey.score;

/** Estimators whose scores are Φg and no more. They differ in what Φ and g are gradients of. */
interface GradientProduct extends Estimator {
  @Override
  default boolean damped() {
    return false;
  }

  @Override
  default boolean decomposes() {
    return false;
  }

  @Override
  default double[] scores(Features features, Query query, double lambda) {
    return query.products();
  }
}
