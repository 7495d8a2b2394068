package io.journey.statistics;

import java.util.Arrays;

/**
 * How alike rankings are: of one target at different steps, or of different checkpoints at one
 * step. Two measures: how many of the K highest two rankings share, and Spearman's correlation of
 * all scores.
 */
public final class StepAgreement {
  private StepAgreement() {}

  /**
   * How many examples two lists share.
   *
   * @param a examples, each at most once
   * @param b examples, each at most once
   */
  public static int overlap(int[] a, int[] b) {
    int[] left = a.clone();
    int[] right = b.clone();
    Arrays.sort(left);
    Arrays.sort(right);
    int shared = 0;
    for (int i = 0, j = 0; i < left.length && j < right.length; ) {
      if (left[i] == right[j]) {
        shared++;
        i++;
        j++;
      } else if (left[i] < right[j]) {
        i++;
      } else {
        j++;
      }
    }
    return shared;
  }

  /**
   * How many of the K highest each pair of rankings shares.
   *
   * @param scores [S, N]
   * @return [S, S], symmetric, min(K, N) on the diagonal
   */
  public static int[][] overlaps(float[][] scores, int k) {
    int[][] top = new int[scores.length][];
    for (int s = 0; s < scores.length; s++) {
      top[s] = Ranking.top(scores[s], k);
    }
    int[][] shared = new int[scores.length][scores.length];
    for (int s = 0; s < top.length; s++) {
      for (int other = 0; other <= s; other++) {
        shared[s][other] = overlap(top[s], top[other]);
        shared[other][s] = shared[s][other];
      }
    }
    return shared;
  }

  /**
   * Spearman's correlation: Pearson's of the ranks, equal scores sharing their mean rank.
   *
   * @param a [N]
   * @param b [N]
   * @return between −1 and 1; 0 where all scores of one side are equal
   */
  public static double spearman(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(a.length + " scores against " + b.length);
    }
    return dot(unitRanks(a), unitRanks(b));
  }

  /**
   * Spearman's correlation of each pair of rankings.
   *
   * @param scores [S, N]
   * @return [S, S], symmetric
   */
  public static double[][] spearmans(float[][] scores) {
    double[][] ranks = unitRanks(scores);
    double[][] out = new double[scores.length][scores.length];
    for (int s = 0; s < ranks.length; s++) {
      for (int other = 0; other <= s; other++) {
        out[s][other] = dot(ranks[s], ranks[other]);
        out[other][s] = out[s][other];
      }
    }
    return out;
  }

  /**
   * Spearman's correlation of each ranking of one side with each of the other.
   *
   * @param a [S, N]
   * @param b [S', N]
   * @return [S, S']
   */
  public static double[][] spearmans(float[][] a, float[][] b) {
    double[][] left = unitRanks(a);
    double[][] right = unitRanks(b);
    double[][] out = new double[a.length][b.length];
    for (int s = 0; s < a.length; s++) {
      for (int other = 0; other < b.length; other++) {
        out[s][other] = dot(left[s], right[other]);
      }
    }
    return out;
  }

  /**
   * The mean over all pairs of different rankings.
   *
   * @param matrix [S, S], symmetric
   * @return NaN if there is no pair
   */
  public static double meanOfPairs(double[][] matrix) {
    double sum = 0;
    int pairs = 0;
    for (int s = 0; s < matrix.length; s++) {
      for (int other = 0; other < s; other++) {
        sum += matrix[s][other];
        pairs++;
      }
    }
    return sum / pairs;
  }

  /** The mean over all pairs of different rankings of a matrix of counts. */
  public static double meanOfPairs(int[][] matrix) {
    double[][] numbers = new double[matrix.length][];
    for (int s = 0; s < matrix.length; s++) {
      numbers[s] = Arrays.stream(matrix[s]).asDoubleStream().toArray();
    }
    return meanOfPairs(numbers);
  }

  private static double[][] unitRanks(float[][] scores) {
    double[][] ranks = new double[scores.length][];
    for (int s = 0; s < scores.length; s++) {
      ranks[s] = unitRanks(scores[s]);
    }
    return ranks;
  }

  /** Ranks minus their mean, of length 1; zeros if all are equal. */
  private static double[] unitRanks(float[] scores) {
    double[] ranks = Ranking.ranks(scores);
    double mean = (ranks.length + 1) / 2.0;
    double squares = 0;
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] -= mean;
      squares += ranks[i] * ranks[i];
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < ranks.length && length > 0; i++) {
      ranks[i] /= length;
    }
    return ranks;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
