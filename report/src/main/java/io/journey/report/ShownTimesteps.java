package io.journey.report;

import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Selects the timesteps of an attribution that the figures of a page show. Findings and stability
 * are always computed from all steps.
 */
public final class ShownTimesteps {
  /** Size of a page's numbers and pictures, in bytes, above which steps are left out. */
  static final int BUDGET = 10_000_000;

  /** The most columns that are shown unasked. */
  static final int MOST = 100;

  /** Share of the estimated count that is tried next, as pages do not shrink quite linearly. */
  private static final double CAUTION = 0.97;

  private final Timesteps chosen;
  private final int most;
  private final int budget;

  private ShownTimesteps(Timesteps chosen, int most, int budget) {
    this.chosen = chosen;
    this.most = most;
    this.budget = budget;
  }

  /**
   * Returns all steps, or as many evenly spaced ones as fit into a page of about 10 MB, at most
   * 100; the first and the last are always among them.
   */
  public static ShownTimesteps fitting() {
    return new ShownTimesteps(null, MOST, BUDGET);
  }

  /**
   * Reads a choice of steps, shown however large the page becomes.
   *
   * @param text {@code all}, or what {@link Timesteps#parse} reads
   * @throws IllegalArgumentException if it is neither
   */
  public static ShownTimesteps parse(String text) {
    return text.equals("all")
        ? new ShownTimesteps(null, Integer.MAX_VALUE, Integer.MAX_VALUE)
        : new ShownTimesteps(Timesteps.parse(text), Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * The steps that are shown, and what the page draws from.
   *
   * @param shown indices into the attribution's steps, rising
   * @param json numbers and pictures of these steps
   */
  record Fitted(int[] shown, String json) {}

  /**
   * Builds a page's data for the steps to show, again with fewer steps while it is too large.
   *
   * @param build makes the data for indices into the attribution's steps
   * @throws IllegalArgumentException if a chosen step was not attributed
   */
  Fitted fit(Attribution attribution, TargetImages images, Function<int[], String> build) {
    int[] steps = attribution.steps();
    if (chosen != null) {
      int[] shown = Arrays.stream(chosen.named()).map(attribution::indexOf).toArray();
      return new Fitted(shown, build.apply(shown));
    }
    int least = Math.min(2, steps.length);
    long affordable = budget / bytesOfPictures(attribution, images);
    int count = (int) Math.max(least, Math.min(affordable, Math.min(steps.length, most)));
    while (true) {
      int[] shown = spaced(steps.length, count);
      String json = build.apply(shown);
      if (json.length() <= budget || count <= least) {
        return new Fitted(shown, json);
      }
      int next = (int) (CAUTION * count * budget / json.length());
      count = Math.max(least, Math.min(count - 1, next));
    }
  }

  /** {@code count} of the numbers 0 to all - 1, as even as whole numbers can be, both ends too. */
  static int[] spaced(int all, int count) {
    return count < 2
        ? IntStream.range(0, count).toArray()
        : IntStream.range(0, count)
            .map(i -> (int) Math.round((double) i * (all - 1) / (count - 1)))
            .toArray();
  }

  /** Bytes that the pictures of one step take, from the noisiest step, the middle and the last. */
  private static long bytesOfPictures(Attribution attribution, TargetImages images) {
    int last = attribution.steps().length - 1;
    long bytes = 0;
    for (int step : new int[] {0, last / 2, last}) {
      bytes += Png.base64(Png.of(images.noisy(step, 0), images.shape())).length();
      bytes += Png.base64(Png.of(images.predicted(step, 0), images.shape())).length();
    }
    return Math.max(1, bytes * attribution.targets() / 3);
  }

  /** Returns which steps are shown, and why, as the page says it; empty where all are. */
  String sentence(int shown, int attributed) {
    return shown == attributed
        ? ""
        : "The figures show "
            + shown
            + " of the "
            + Counted.of(attributed, "attributed steps")
            + (chosen == null
                ? ", evenly spaced, so that the page stays below about 10 MB and 100 columns;"
                    + " others are chosen with journey report --timesteps."
                : ", those that were asked for with journey report --timesteps.")
            + " What stands out and how stable the ranking is was computed from all of them.";
  }
}
