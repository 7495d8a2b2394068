package io.journey.results.steps;

import java.util.Arrays;
import java.util.Objects;

/**
 * The chance of a flip of random scores: the chance that some image is among the K highest of N at
 * one step and among the K lowest at another, if the scores of every step are in a random order
 * independent of the other steps.
 *
 * <p>Exact. A(s) is the set of images that were among the highest at one of the first s steps, B(s)
 * of those among the lowest; no flip means they stay disjoint. Given their sizes a and b, the next
 * K highest avoid B and bring j new ones with chance C(a, K − j)·C(N − a − b, j) / C(N, K); the
 * next K lowest avoid A and those with C(b, K − l)·C(N − a − j − b, l) / C(N − K, K). So the sizes
 * are a Markov chain.
 */
final class FlipChance {
  /** Sizes rarer than this are left out: all of them together change no digit that is shown. */
  private static final double NEGLIGIBLE = 1e-18;

  private final int n;
  private final int k;
  private final double[] logFactorial;

  private FlipChance(int n, int k) {
    this.n = n;
    this.k = k;
    logFactorial = new double[n + 1];
    for (int i = 2; i <= n; i++) {
      logFactorial[i] = logFactorial[i - 1] + Math.log(i);
    }
  }

  /**
   * Returns the chance of a flip.
   *
   * @param n training images
   * @param k K, 1 ≤ K ≤ n/2
   * @param steps how many steps are attributed, at least 1
   */
  static double of(int n, int k, int steps) {
    FlipChance chance = new FlipChance(n, k);
    int most = Math.min(n, k * steps);
    double[][] sizes = new double[most + 1][];
    add(sizes, k, k, 1);
    for (int s = 1; s < steps && total(sizes) > NEGLIGIBLE; s++) {
      sizes = chance.afterLowest(chance.afterHighest(sizes));
    }
    return Math.min(1, Math.max(0, 1 - total(sizes)));
  }

  private double[][] afterHighest(double[][] sizes) {
    double[][] next = new double[sizes.length][];
    double all = logChoose(n, k);
    forEach(
        sizes,
        (a, b, p) -> {
          for (int j = 0; j <= k; j++) {
            double log = logChoose(a, k - j) + logChoose(n - a - b, j) - all;
            add(next, a + j, b, p * Math.exp(log));
          }
        });
    return next;
  }

  private double[][] afterLowest(double[][] sizes) {
    double[][] next = new double[sizes.length][];
    double all = logChoose(n - k, k);
    forEach(
        sizes,
        (a, b, p) -> {
          for (int l = 0; l <= k; l++) {
            double log = logChoose(b, k - l) + logChoose(n - a - b, l) - all;
            add(next, a, b + l, p * Math.exp(log));
          }
        });
    return next;
  }

  private interface Size {
    void accept(int a, int b, double p);
  }

  private static void forEach(double[][] sizes, Size body) {
    for (int a = 0; a < sizes.length; a++) {
      for (int b = 0; sizes[a] != null && b < sizes.length; b++) {
        if (sizes[a][b] > NEGLIGIBLE) {
          body.accept(a, b, sizes[a][b]);
        }
      }
    }
  }

  /** Rows are made where there is something to hold: most sizes never occur. */
  private static void add(double[][] sizes, int a, int b, double p) {
    if (p > NEGLIGIBLE) {
      sizes[a] = sizes[a] == null ? new double[sizes.length] : sizes[a];
      sizes[a][b] += p;
    }
  }

  private static double total(double[][] sizes) {
    return Arrays.stream(sizes).filter(Objects::nonNull).flatMapToDouble(Arrays::stream).sum();
  }

  /** log C(m, c); −∞ where it is 0. */
  private double logChoose(int m, int c) {
    return c < 0 || c > m
        ? Double.NEGATIVE_INFINITY
        : logFactorial[m] - logFactorial[c] - logFactorial[m - c];
  }
}
