package io.journey.evaluation;

import java.util.Arrays;

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

  /** Of the first subsets and targets alone. */
  Prediction only(int subsets, int targets) {
    double[][][][] part = new double[sums.length][sums[0].length][targets][];
    for (int d = 0; d < part.length; d++) {
      for (int s = 0; s < part[d].length; s++) {
        for (int t = 0; t < targets; t++) {
          part[d][s][t] = Arrays.copyOf(sums[d][s][t], subsets);
        }
      }
    }
    return new Prediction(name, dampings, part);
  }
}
