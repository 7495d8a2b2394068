package io.journey.results.lds;

import io.journey.run.JourneyException;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The order of some subsets by a number each: ready for Spearman's correlation over any resample of
 * them, in time linear in their number.
 *
 * @param order the subsets' places, smallest number first
 * @param group of each place in that order; equal numbers are of one group
 */
record RankedSubsets(int[] order, int[] group) {

  /**
   * Ranks.
   *
   * @param values of all subsets
   * @param of which of them
   * @param whose who gave the values, for an error
   * @throws JourneyException if a value is no number
   */
  static RankedSubsets of(double[] values, int[] of, String whose) {
    for (int j : of) {
      if (Double.isNaN(values[j])) {
        throw new JourneyException(
            whose
                + " predicts "
                + values[j]
                + " for subset "
                + j
                + ": an estimator without a number cannot be judged.");
      }
    }
    int[] order =
        IntStream.range(0, of.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[of[i]]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] group = new int[of.length];
    for (int i = 1; i < group.length; i++) {
      boolean tied = values[of[order[i]]] == values[of[order[i - 1]]];
      group[i] = group[i - 1] + (tied ? 0 : 1);
    }
    return new RankedSubsets(order, group);
  }

  /** Mean ranks where the subset at place i is there {@code counts[i]} times, minus their mean. */
  private void ranks(int[] counts, double[] out, int total) {
    double before = 0;
    for (int start = 0; start < order.length; ) {
      int end = start;
      int inGroup = 0;
      while (end < order.length && group[end] == group[start]) {
        inGroup += counts[order[end++]];
      }
      for (int i = start; i < end; i++) {
        out[order[i]] = before + (inGroup + 1) / 2.0 - (total + 1) / 2.0;
      }
      before += inGroup;
      start = end;
    }
  }

  /**
   * Spearman's correlation of two orders of the same subsets; 0 where all of one side are equal.
   *
   * @param counts how often each is there
   */
  double spearman(RankedSubsets other, int[] counts) {
    int total = IntStream.of(counts).sum();
    double[] left = new double[order.length];
    double[] right = new double[order.length];
    ranks(counts, left, total);
    other.ranks(counts, right, total);
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      product += counts[i] * left[i] * right[i];
      leftSquares += counts[i] * left[i] * left[i];
      rightSquares += counts[i] * right[i] * right[i];
    }
    double length = Math.sqrt(leftSquares * rightSquares);
    return length == 0 ? 0 : product / length;
  }
}
