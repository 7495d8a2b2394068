package io.journey.score;

/**
 * Estimators whose scores are Φ(ΦᵀΦ + λI)⁻¹g and no more. They differ in what Φ and g are gradients
 * of.
 */
interface DampedInfluence extends Estimator {
  @Override
  default boolean isInfluence() {
    return true;
  }

  @Override
  default double[] scores(Features features, Query query, double lambda) {
    return features.spectrum().influence(lambda, query.coordinates());
  }
}
