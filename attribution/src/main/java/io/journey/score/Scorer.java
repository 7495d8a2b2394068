package io.journey.score;

/** Scores all training images for targets, by one estimator, checkpoint and damping. */
@FunctionalInterface
public interface Scorer {
  /**
   * Computes scores.
   *
   * @param targets Q of them
   * @return [Q][N]; positive: training on the image makes x̂0 more likely
   */
  double[][] scores(TargetFeatures targets);

  /**
   * Computes the part of the scores that comes from the numbers at even places of features. With
   * the rest it shows what the projection leaves to chance.
   *
   * @return [Q][N], or null where scores are no sums over places
   */
  default double[][] even(TargetFeatures targets) {
    return null;
  }

  /**
   * Computes x of each target, so that its scores are Φx. Estimators that are {@link
   * Estimator#isLinear() linear} have it: their scores can be computed for some images at a time.
   *
   * @return [Q][k]
   */
  default double[][] weights(TargetFeatures targets) {
    throw new UnsupportedOperationException("scores that are no products of features");
  }
}
