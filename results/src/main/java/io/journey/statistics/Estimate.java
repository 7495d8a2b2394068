package io.journey.statistics;

import java.util.Arrays;
import java.util.Locale;

/**
 * A mean with its standard error.
 *
 * @param mean of the values; NaN if there are none
 * @param standardError s/√n with s² = Σ(x − mean)²/(n − 1); NaN for fewer than two values
 * @param count n
 */
public record Estimate(double mean, double standardError, int count) {
  /** The mean of values that are independent of each other. */
  public static Estimate of(double[] values) {
    int n = values.length;
    double mean = Arrays.stream(values).sum() / n;
    double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
    double error = n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
    return new Estimate(mean, error, n);
  }

  /** A share of hits with the standard error of a binomial count, √(p(1 − p)/n). */
  public static Estimate ofShare(int hits, int n) {
    double share = (double) hits / n;
    return new Estimate(share, Math.sqrt(share * (1 - share) / n), n);
  }

  /** Returns half the width of a 95 % interval by Student's t; NaN for fewer than two values. */
  public double margin() {
    return count < 2 ? Double.NaN : StudentT.upper(count - 1) * standardError;
  }

  /** Mean and standard error with so many digits behind the point, for a sentence. */
  public String text(int digits) {
    String number = "%." + digits + "f";
    return Double.isNaN(standardError)
        ? String.format(Locale.ROOT, number, mean)
        : String.format(Locale.ROOT, number + " ± " + number, mean, standardError);
  }

  /** A share and its standard error in hundredths, for a sentence. */
  public String percent() {
    return new Estimate(100 * mean, 100 * standardError, count).text(1) + " %";
  }
}
