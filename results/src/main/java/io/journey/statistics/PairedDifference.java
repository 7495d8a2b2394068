package io.journey.statistics;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;

/**
 * By how much a quantity is larger than with random removal, target by target.
 *
 * @param over targets: mean and standard error of the differences
 * @param low the lower end of a 95 % interval of the mean
 * @param high its upper end
 */
public record PairedDifference(Estimate over, double low, double high) {
  private static final int RESAMPLES = 10_000;
  private static final double TAIL = 0.025;

  /**
   * Compares. The interval is the percentile bootstrap over targets and random sets, both drawn
   * with replacement: random sets are the same for all targets, so their luck is too.
   *
   * @param values one for each target, [T]
   * @param random with each random set, [T][J]
   * @param seed of the bootstrap
   */
  public static PairedDifference of(double[] values, double[][] random, Seed seed) {
    int targets = values.length;
    int sets = random[0].length;
    double[] differences = new double[targets];
    for (int t = 0; t < targets; t++) {
      differences[t] = values[t] - Arrays.stream(random[t]).sum() / sets;
    }
    RandomStream stream = seed.stream();
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      int[] chosen = new int[sets];
      for (int j = 0; j < sets; j++) {
        chosen[j] = stream.nextInt(sets);
      }
      double sum = 0;
      for (int n = 0; n < targets; n++) {
        int t = stream.nextInt(targets);
        double ofRandom = 0;
        for (int j : chosen) {
          ofRandom += random[t][j];
        }
        sum += values[t] - ofRandom / sets;
      }
      means[i] = sum / targets;
    }
    Arrays.sort(means);
    int cut = (int) Math.floor(TAIL * RESAMPLES);
    return new PairedDifference(Estimate.of(differences), means[cut], means[RESAMPLES - 1 - cut]);
  }

  /** Whether the interval lies above zero. */
  public boolean isLarger() {
    return low > 0;
  }

  /** Whether the interval lies below zero. */
  public boolean isSmaller() {
    return high < 0;
  }
}
