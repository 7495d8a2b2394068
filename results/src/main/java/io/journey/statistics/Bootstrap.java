package io.journey.statistics;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;

/**
 * The percentile bootstrap (Efron 1979): what a statistic would be of other data, by drawing from
 * the data with replacement.
 *
 * @param low the lower end of a 95 % interval
 * @param high its upper end
 * @param deviation the standard deviation over resamples
 */
public record Bootstrap(double low, double high, double deviation) {
  private static final double TAIL = 0.025;

  /** What a resample is asked for; the order of the questions is part of it. */
  public static final class Resample {
    private final RandomStream stream;

    private Resample(RandomStream stream) {
      this.stream = stream;
    }

    /** Which of n things are drawn in n draws with replacement. */
    public int[] drawn(int n) {
      int[] drawn = new int[n];
      for (int i = 0; i < n; i++) {
        drawn[i] = stream.nextInt(n);
      }
      return drawn;
    }

    /** How often each of n things is drawn in n draws with replacement. */
    public int[] counts(int n) {
      int[] counts = new int[n];
      for (int i : drawn(n)) {
        counts[i]++;
      }
      return counts;
    }
  }

  /** Takes one resample after the other. */
  @FunctionalInterface
  public interface Taker {
    /** Takes resample {@code number}. */
    void take(int number, Resample resample);
  }

  /** Draws resamples of whatever is asked of them. */
  public static void resample(Seed seed, int resamples, Taker taker) {
    Resample resample = new Resample(seed.stream());
    for (int b = 0; b < resamples; b++) {
      taker.take(b, resample);
    }
  }

  /**
   * Sums up.
   *
   * @param statistics of every resample, two or more
   */
  public static Bootstrap of(double[] statistics) {
    double[] sorted = statistics.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double mean = Arrays.stream(statistics).sum() / n;
    double squares = Arrays.stream(statistics).map(x -> (x - mean) * (x - mean)).sum();
    int cut = (int) Math.floor(TAIL * n);
    return new Bootstrap(sorted[cut], sorted[n - 1 - cut], Math.sqrt(squares / (n - 1)));
  }
}
