package io.journey.evaluation;

/**
 * What an estimator predicts for every subset: the sums of its scores.
 *
 * @param name of the estimator
 * @param dampings c it was tried with; one NaN where it has none
 * @param sums [dampings][steps][targets][subsets]
 */
public record Prediction(String name, double[] dampings, double[][][][] sums) {
  public Prediction {
    if (dampings.length < 1 || dampings.length != sums.length) {
      throw new IllegalArgumentException(
          "a prediction needs sums for each damping, got "
              + sums.length
              + " for "
              + dampings.length);
    }
  }

  /** Of an estimator without damping. */
  public static Prediction of(String name, double[][][] sums) {
    return new Prediction(name, new double[] {Double.NaN}, new double[][][][] {sums});
  }
}
