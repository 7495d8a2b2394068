package io.journey.score;

import io.journey.run.Workers;

/**
 * Φ·x for few x, in one reading of Φ: products in float32, their sums in float64 every few hundred
 * numbers. {@link FeatureProducts} takes three times as long for one x, as it widens all of Φ; its
 * bits are those of attributions.
 */
final class QuickProducts {
  /** Rows that are one unit of work. */
  private static final int ROWS = 64;

  /** Numbers that are summed in float32, in {@value #LANES} sums beside each other. */
  private static final int RUN = 512;

  private static final int LANES = 8;

  private QuickProducts() {}

  /**
   * Multiplies.
   *
   * @param x [Q][k]
   * @return [Q][N]
   */
  static double[][] of(FeatureRows features, float[][] x, Workers workers) {
    int n = features.size();
    int k = features.dim();
    double[][] found = new double[x.length][n];
    workers.forEach(
        (n + ROWS - 1) / ROWS,
        block -> {
          float[] row = new float[k];
          for (int i = block * ROWS; i < Math.min(n, (block + 1) * ROWS); i++) {
            features.read(i, 0, k, row, 0);
            for (int q = 0; q < x.length; q++) {
              found[q][i] = dot(row, x[q]);
            }
          }
        });
    return found;
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int from = 0; from < a.length; from += RUN) {
      sum += run(a, b, from, Math.min(a.length, from + RUN));
    }
    return sum;
  }

  /** One run. The sums do not wait for each other. */
  private static double run(float[] a, float[] b, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int j = from;
    for (; j + LANES <= to; j += LANES) {
      s0 += a[j] * b[j];
      s1 += a[j + 1] * b[j + 1];
      s2 += a[j + 2] * b[j + 2];
      s3 += a[j + 3] * b[j + 3];
      s4 += a[j + 4] * b[j + 4];
      s5 += a[j + 5] * b[j + 5];
      s6 += a[j + 6] * b[j + 6];
      s7 += a[j + 7] * b[j + 7];
    }
    double sum = (double) s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    for (; j < to; j++) {
      sum += (double) a[j] * b[j];
    }
    return sum;
  }
}
