package io.journey.results.lds;

import io.journey.run.JourneyException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The predictions of an estimator for every subset: the sums of its scores.
 *
 * @param name of the estimator
 * @param dampings c it was tried with, or another setting that is chosen as one is; one NaN where
 *     it has none
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

  /**
   * One prediction for each name: those of one name are of other dampings each.
   *
   * @throws JourneyException if two of one name cannot be told apart
   */
  public static List<Prediction> merged(List<Prediction> all) {
    Map<String, Prediction> byName = new LinkedHashMap<>();
    all.forEach(one -> byName.merge(one.name, one, Prediction::and));
    return List.copyOf(byName.values());
  }

  private Prediction and(Prediction other) {
    double[] both =
        DoubleStream.concat(Arrays.stream(dampings), Arrays.stream(other.dampings)).toArray();
    if (Arrays.stream(both).distinct().count() < both.length) {
      throw new JourneyException(
          "Two predictions have the name "
              + name
              + ": tell their features apart, as in --features large=DIR.");
    }
    return new Prediction(
        name,
        both,
        Stream.concat(Arrays.stream(sums), Arrays.stream(other.sums)).toArray(double[][][][]::new));
  }

  /**
   * A mean of two estimators, each prediction in standard deviations over subsets: that is, of the
   * scores of a step, as sums over random subsets spread in proportion to them.
   *
   * @param shares of the other in the mean, tried with all settings of both; they stand in the
   *     place of dampings
   */
  public Prediction with(Prediction other, double... shares) {
    int both = sums.length * other.sums.length;
    double[] told = new double[both * shares.length];
    double[][][][] mixed = new double[told.length][sums[0].length][][];
    for (int k = 0; k < told.length; k++) {
      double share = shares[k / both];
      double[][][] own = sums[k % both / other.sums.length];
      double[][][] others = other.sums[k % other.sums.length];
      told[k] = share;
      for (int s = 0; s < own.length; s++) {
        mixed[k][s] = new double[own[s].length][];
        for (int t = 0; t < own[s].length; t++) {
          mixed[k][s][t] = mean(standard(own[s][t]), standard(others[s][t]), share);
        }
      }
    }
    return new Prediction(name + " + " + other.name, told, mixed);
  }

  private static double[] mean(double[] own, double[] other, double share) {
    double[] mean = new double[own.length];
    for (int j = 0; j < mean.length; j++) {
      mean[j] = (1 - share) * own[j] + share * other[j];
    }
    return mean;
  }

  /** In standard deviations from the mean; all 0 where all are alike. */
  private static double[] standard(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double deviation = Math.sqrt(squares / values.length);
    return Arrays.stream(values).map(v -> deviation > 0 ? (v - mean) / deviation : 0).toArray();
  }

  /** Of the first subsets and targets alone. */
  Prediction only(int subsets, int targets) {
    return part(0, subsets, targets);
  }

  /** Of the subsets from one to before another alone. */
  Prediction between(int from, int to) {
    return part(from, to, sums[0][0].length);
  }

  private Prediction part(int from, int to, int targets) {
    double[][][][] part = new double[sums.length][sums[0].length][targets][];
    for (int d = 0; d < part.length; d++) {
      for (int s = 0; s < part[d].length; s++) {
        for (int t = 0; t < targets; t++) {
          part[d][s][t] = Arrays.copyOfRange(sums[d][s][t], from, to);
        }
      }
    }
    return new Prediction(name, dampings, part);
  }
}
