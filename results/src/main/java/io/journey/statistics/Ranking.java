package io.journey.statistics;

import java.util.Arrays;

/**
 * Orders examples by score. Equal scores are ordered by index, so that a ranking depends on nothing
 * but the numbers; −0 equals 0.
 */
public final class Ranking {
  private Ranking() {}

  /**
   * The examples of highest score, highest first.
   *
   * @param scores [N], no NaN
   * @param k how many; fewer come back if N is smaller
   * @return min(k, N) indices
   */
  public static int[] top(float[] scores, int k) {
    return firstOf(keys(scores, -1), k);
  }

  /**
   * The examples of lowest score, lowest first.
   *
   * @param scores [N], no NaN
   * @param k how many; fewer come back if N is smaller
   * @return min(k, N) indices
   */
  public static int[] bottom(float[] scores, int k) {
    return firstOf(keys(scores, 1), k);
  }

  /**
   * The place of every example when the highest score comes first.
   *
   * @param scores [N], no NaN
   * @return [N], 1 for the highest score
   */
  public static int[] places(float[] scores) {
    int[] order = top(scores, scores.length);
    int[] places = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      places[order[i]] = i + 1;
    }
    return places;
  }

  /**
   * Ranks from the lowest score up, equal scores sharing the mean of their ranks.
   *
   * @param scores [N], no NaN
   * @return [N], between 1 and N
   */
  public static double[] ranks(float[] scores) {
    int[] order = bottom(scores, scores.length);
    double[] ranks = new double[order.length];
    for (int start = 0; start < order.length; ) {
      int end = start + 1;
      while (end < order.length && scores[order[end]] == scores[order[start]]) {
        end++;
      }
      for (int i = start; i < end; i++) {
        ranks[order[i]] = (start + 1 + end) / 2.0;
      }
      start = end;
    }
    return ranks;
  }

  private static int[] firstOf(long[] keys, int k) {
    if (k < 0) {
      throw new IllegalArgumentException("k must be at least 0, got " + k);
    }
    Arrays.sort(keys);
    int[] out = new int[Math.min(k, keys.length)];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) keys[i];
    }
    return out;
  }

  /** The score above and the index below, as one sortable number. */
  private static long[] keys(float[] scores, int sign) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < scores.length; i++) {
      if (Float.isNaN(scores[i])) {
        throw new IllegalArgumentException("score " + i + " is not a number");
      }
      int bits = Float.floatToIntBits(sign * scores[i] + 0f);
      int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      keys[i] = ((long) ordered << 32) | i;
    }
    return keys;
  }
}
