package io.journey.diffusion;

import java.util.Arrays;

/**
 * The probability of drawing each timestep t, and the weight 1/(T·p(t)) that keeps a weighted mean
 * over draws the mean over steps (importance sampling).
 */
public final class TimestepDistribution {
  /** The share of draws that are uniform, so that no weight exceeds its reciprocal. */
  private static final double UNIFORM = 0.1;

  /** P(step &lt; t), [T + 1]. */
  private final double[] cumulative;

  private TimestepDistribution(double[] cumulative) {
    this.cumulative = cumulative;
  }

  /** Returns every step as often as any other. */
  public static TimestepDistribution uniform(int steps) {
    double[] cumulative = new double[steps + 1];
    for (int t = 0; t <= steps; t++) {
      cumulative[t] = (double) t / steps;
    }
    return new TimestepDistribution(cumulative);
  }

  /**
   * Steps in proportion to a density, mixed with a tenth of uniform draws.
   *
   * @param steps T
   * @param at steps at which the density is known, rising; between them it is linear
   * @param density at these, at least 0; all zero: uniform
   */
  public static TimestepDistribution of(int steps, int[] at, double[] density) {
    double[] p = new double[steps];
    for (int t = 0; t < steps; t++) {
      p[t] = interpolate(t, at, density);
      if (!(p[t] >= 0) || Double.isInfinite(p[t])) {
        throw new IllegalArgumentException("a density must be at least 0, got " + p[t]);
      }
    }
    double sum = Arrays.stream(p).sum();
    if (sum == 0) {
      return uniform(steps);
    }
    double[] cumulative = new double[steps + 1];
    for (int t = 0; t < steps; t++) {
      cumulative[t + 1] = cumulative[t] + (1 - UNIFORM) * p[t] / sum + UNIFORM / steps;
    }
    return new TimestepDistribution(cumulative);
  }

  private static double interpolate(int t, int[] at, double[] density) {
    int after = 0;
    while (after < at.length && at[after] < t) {
      after++;
    }
    if (after == 0) {
      return density[0];
    }
    if (after == at.length) {
      return density[at.length - 1];
    }
    double share = (double) (t - at[after - 1]) / (at[after] - at[after - 1]);
    return density[after - 1] + share * (density[after] - density[after - 1]);
  }

  /** T. */
  public int steps() {
    return cumulative.length - 1;
  }

  /**
   * Returns the step t that holds a place in [0, 1): P(step &lt; t) &lt;= place &lt; P(step &lt;=
   * t).
   */
  int at(double place) {
    int found = Arrays.binarySearch(cumulative, place);
    int t = found >= 0 ? found : -found - 2;
    return Math.min(Math.max(t, 0), steps() - 1);
  }

  /** 1/(T·p(t)). */
  double weight(int t) {
    return 1 / (steps() * (cumulative[t + 1] - cumulative[t]));
  }
}
