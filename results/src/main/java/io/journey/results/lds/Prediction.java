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
