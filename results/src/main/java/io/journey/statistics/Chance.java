package io.journey.statistics;

/**
 * The probability of a count under the simplest chance models, as log10 of a tail probability:
 * numbers far too small for a double stay comparable.
 */
public final class Chance {
  private static final double LOG10_E = 1 / Math.log(10);

  private Chance() {}

  /**
   * log10 P(X ≥ x) for X binomial.
   *
   * @param n trials
   * @param p chance of each, in [0, 1]
   * @param x the count seen
   */
  public static double binomialAtLeast(int n, double p, int x) {
    double[] terms = new double[Math.max(0, n - Math.max(0, x) + 1)];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = logBinomial(n, p, Math.max(0, x) + i);
    }
    return logSum(terms) * LOG10_E;
  }

  /** log10 P(X ≤ x) for X binomial. */
  public static double binomialAtMost(int n, double p, int x) {
    return binomialAtLeast(n, 1 - p, n - x);
  }

  /**
   * log10 P(X ≥ x) where X counts the marked ones among {@code draws} taken without putting back.
   *
   * @param population how many there are
   * @param marked how many of them are marked
   */
  public static double drawnAtLeast(int population, int marked, int draws, int x) {
    int first = Math.max(Math.max(0, x), draws - (population - marked));
    int last = Math.min(draws, marked);
    double[] terms = new double[Math.max(0, last - first + 1)];
    for (int i = 0; i < terms.length; i++) {
      int hits = first + i;
      terms[i] =
          logChoose(marked, hits)
              + logChoose(population - marked, draws - hits)
              - logChoose(population, draws);
    }
    return logSum(terms) * LOG10_E;
  }

  /** log10 P(X ≥ x) for X Poisson with this mean. */
  public static double poissonAtLeast(double mean, int x) {
    if (x <= 0) {
      return 0;
    }
    if (mean <= 0) {
      return Double.NEGATIVE_INFINITY;
    }
    // Terms past both the mean and x fall at least geometrically; 20 standard deviations suffice.
    int last = (int) Math.ceil(Math.max(x, mean) + 20 * Math.sqrt(Math.max(x, mean)) + 50);
    double[] terms = new double[last - x + 1];
    double factorial = logFactorial(x);
    for (int i = 0; i < terms.length; i++) {
      factorial += i == 0 ? 0 : Math.log(x + i);
      terms[i] = (x + i) * Math.log(mean) - mean - factorial;
    }
    return logSum(terms) * LOG10_E;
  }

  private static double logBinomial(int n, double p, int x) {
    double hits = x == 0 ? 0 : x * Math.log(p);
    double misses = x == n ? 0 : (n - x) * Math.log1p(-p);
    return logChoose(n, x) + hits + misses;
  }

  private static double logChoose(int n, int k) {
    double sum = 0;
    int smaller = Math.min(k, n - k);
    for (int i = 1; i <= smaller; i++) {
      sum += Math.log(n - smaller + i) - Math.log(i);
    }
    return sum;
  }

  private static double logFactorial(int n) {
    double sum = 0;
    for (int i = 2; i <= n; i++) {
      sum += Math.log(i);
    }
    return sum;
  }

  /** Returns the logarithm of a sum, from logarithms; at most 0, as befits a probability. */
  private static double logSum(double[] logs) {
    double max = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      max = Math.max(max, log);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - max);
    }
    return Math.min(0, max + Math.log(sum));
  }
}
