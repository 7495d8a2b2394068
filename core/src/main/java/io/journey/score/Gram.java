package io.journey.score;

import io.journey.run.Workers;

/**
 * Accumulates G = Σ_r row_r·row_rᵀ in float64, in tiles that stay in the cache, on all workers.
 * Each number is a sum in the order of rows: threads do not change it.
 */
final class Gram {
  /** Rows taken at once. */
  static final int ROWS = 64;

  private static final int TILE = 512;
  private static final int BAND = 64;

  private final int n;
  private final double[][] sums;
  private final Workers workers;

  Gram(int n, Workers workers) {
    this.n = n;
    this.sums = new double[n][n];
    this.workers = workers;
  }

  /**
   * Adds rows.
   *
   * @param rows {@link #ROWS} arrays of n numbers; those not used are zero
   */
  void add(double[][] rows) {
    int bands = (n + BAND - 1) / BAND;
    workers.forEach(bands, band -> addBand(rows, band * BAND, Math.min(n, (band + 1) * BAND)));
  }

  /** Rows from..to−1 of the upper triangle. */
  private void addBand(double[][] rows, int from, int to) {
    for (int tile = from / TILE * TILE; tile < n; tile += TILE) {
      int end = Math.min(n, tile + TILE);
      for (int i = from; i < to; i++) {
        int start = Math.max(i, tile);
        for (int r = 0; r < ROWS; r += 4) {
          addFour(sums[i], rows[r], rows[r + 1], rows[r + 2], rows[r + 3], i, start, end);
        }
      }
    }
  }

  private static void addFour(
      double[] sum, double[] a, double[] b, double[] c, double[] d, int i, int from, int to) {
    double ai = a[i];
    double bi = b[i];
    double ci = c[i];
    double di = d[i];
    for (int j = from; j < to; j++) {
      sum[j] += ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
    }
  }

  /** Σ_i G_ii. */
  double trace() {
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += sums[i][i];
    }
    return trace;
  }

  /** G + λI, symmetric, row by row in one array. */
  double[] damped(double lambda) {
    double[] full = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        full[i * n + j] = sums[i][j];
        full[j * n + i] = sums[i][j];
      }
      full[i * n + i] += lambda;
    }
    return full;
  }
}
