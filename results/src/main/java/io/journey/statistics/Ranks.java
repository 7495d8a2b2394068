package io.journey.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The order of some numbers, ready for Spearman's correlation with others, over all of them or over
 * a resample, in time linear in their number. Ranks less their mean are whole numbers of halves: up
 * to 300 000 numbers all sums are exact, and their order decides nothing.
 */
public final class Ranks {
  private final int[] group; // of each number, the lowest first; equal numbers are of one group
  private final int groups;
  private final double[] once; // mean ranks less their mean, every number there once
  private final double squares;

  private Ranks(double[] values) {
    double[] sorted = values.clone();
    for (int i = 0; i < sorted.length; i++) {
      if (Double.isNaN(sorted[i])) {
        throw new IllegalArgumentException("score " + i + " is not a number");
      }
      sorted[i] += 0.0; // −0 equals 0.
    }
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[distinct - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }
    this.groups = distinct;
    this.group =
        Arrays.stream(values)
            .mapToInt(x -> Arrays.binarySearch(sorted, 0, groups, x + 0.0))
            .toArray();
    int[] ones = new int[values.length];
    Arrays.fill(ones, 1);
    this.once = centred(ones);
    this.squares = Arrays.stream(once).map(x -> x * x).sum();
  }

  /**
   * Ranks numbers.
   *
   * @throws IllegalArgumentException if one is NaN
   */
  public static Ranks of(double[] values) {
    return new Ranks(values);
  }

  /** Ranks numbers, as {@link #of(double[])}. */
  public static Ranks of(float[] values) {
    return of(IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray());
  }

  /** Mean ranks less their mean, where number i is there {@code counts[i]} times. */
  private double[] centred(int[] counts) {
    int[] inGroup = new int[groups];
    for (int i = 0; i < group.length; i++) {
      inGroup[group[i]] += counts[i];
    }
    double[] ofGroup = new double[groups];
    int before = 0;
    for (int g = 0; g < groups; g++) {
      ofGroup[g] = before + (inGroup[g] + 1) / 2.0;
      before += inGroup[g];
    }
    double mean = (before + 1) / 2.0;
    return Arrays.stream(group).mapToDouble(g -> ofGroup[g] - mean).toArray();
  }

  /**
   * Returns the ranks less their mean, of variance 1.
   *
   * @return [n], squares of which sum to n − 1; zeros where all numbers are equal
   */
  public double[] standardised() {
    double deviation = Math.sqrt(squares / (once.length - 1));
    return Arrays.stream(once).map(x -> deviation == 0 ? 0 : x / deviation).toArray();
  }

  /**
   * Spearman's correlation: Pearson's of the ranks, equal numbers sharing their mean rank.
   *
   * @param other of as many numbers
   * @return between −1 and 1; 0 where all of one side are equal
   */
  public double spearman(Ranks other) {
    requireAsMany(other.once.length);
    double product = 0;
    for (int i = 0; i < once.length; i++) {
      product += once[i] * other.once[i];
    }
    return correlation(product, squares, other.squares);
  }

  /**
   * Spearman's correlation over a resample.
   *
   * @param counts how often each number is there
   */
  public double spearman(Ranks other, int[] counts) {
    requireAsMany(other.once.length);
    requireAsMany(counts.length);
    double[] left = centred(counts);
    double[] right = other.centred(counts);
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      product += counts[i] * left[i] * right[i];
      leftSquares += counts[i] * left[i] * left[i];
      rightSquares += counts[i] * right[i] * right[i];
    }
    return correlation(product, leftSquares, rightSquares);
  }

  private static double correlation(double product, double leftSquares, double rightSquares) {
    double length = Math.sqrt(leftSquares * rightSquares);
    return length == 0 ? 0 : product / length;
  }

  private void requireAsMany(int count) {
    if (count != once.length) {
      throw new IllegalArgumentException(once.length + " scores against " + count);
    }
  }
}
