package io.journey.report;

import io.journey.dataset.ImageShape;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Selects the timesteps of an attribution that the figures of a page show. Findings and stability
 * are always computed from all steps.
 */
public final class ShownTimesteps {
  /**
   * Size of a page's numbers and pictures, in bytes, above which pictures are made smaller and then
   * steps are left out.
   */
  static final int BUDGET = 10_000_000;

  /** The most columns that are shown unasked. */
  static final int MOST = 100;

  /** Share of the estimated count that is tried next, as pages do not shrink quite linearly. */
  private static final double CAUTION = 0.97;

  private final Timesteps chosen;
  private final int most;

  private ShownTimesteps(Timesteps chosen, int most) {
    this.chosen = chosen;
    this.most = most;
  }

  /**
   * Returns all steps, or as many evenly spaced ones as fit into a page of about 10 MB, at most
   * 100; the first and the last are always among them.
   */
  public static ShownTimesteps fitting() {
    return new ShownTimesteps(null, MOST);
  }

  /**
   * Reads a choice of steps, shown however large the page becomes.
   *
   * @param text {@code all}, or what {@link Timesteps#parse} reads
   * @throws IllegalArgumentException if it is neither
   */
  public static ShownTimesteps parse(String text) {
    return text.equals("all")
        ? new ShownTimesteps(null, Integer.MAX_VALUE)
        : new ShownTimesteps(Timesteps.parse(text), Integer.MAX_VALUE);
  }

  /**
   * The steps that are shown, and what the page draws from.
   *
   * @param shown indices into the attribution's steps, rising
   * @param json numbers and pictures of these steps
   */
  record Fitted(int[] shown, String json) {}

  /** What a page draws from, of some steps and with pictures of some size. */
  interface Content {
    /**
     * Returns about how many bytes the pictures take.
     *
     * @param shown indices into the attribution's steps, rising
     * @param side the longest side of pictures, in pixels
     */
    long bytesOfPictures(int[] shown, int side);

    /** Returns numbers and pictures. */
    String json(int[] shown, int side);
  }

  /**
   * Builds a page's data, again while it is too large: first with smaller pictures, then with fewer
   * steps.
   *
   * @param shape of the pictures
   * @throws IllegalArgumentException if a chosen step was not attributed
   */
  Fitted fit(Attribution attribution, ImageShape shape, Content content) {
    int[] steps = attribution.steps();
    int[] wanted =
        chosen == null
            ? spaced(steps.length, Math.min(steps.length, most))
            : Arrays.stream(chosen.named()).map(attribution::indexOf).toArray();
    List<Integer> sides = sides(Math.max(shape.height(), shape.width()));
    int smallest = sides.get(sides.size() - 1);
    for (int side : sides) {
      boolean last = side == smallest;
      if (last && chosen == null && most != Integer.MAX_VALUE) {
        return fewer(steps.length, wanted.length, side, content);
      }
      if (last || content.bytesOfPictures(wanted, side) <= BUDGET) {
        String json = content.json(wanted, side);
        if (last || json.length() <= BUDGET) {
          return new Fitted(wanted, json);
        }
      }
    }
    throw new IllegalStateException("there is a smallest side");
  }

  /** The sides that are tried, the largest first: a picture's own, or the most a page shows. */
  static List<Integer> sides(int own) {
    int largest = Math.min(own, PagePicture.MAX_SIDE);
    return IntStream.concat(IntStream.of(largest), IntStream.of(128, 96, 64))
        .filter(side -> side <= largest)
        .distinct()
        .boxed()
        .toList();
  }

  private static Fitted fewer(int attributed, int wanted, int side, Content content) {
    int least = Math.min(2, attributed);
    long bytes = Math.max(1, content.bytesOfPictures(spaced(attributed, wanted), side));
    int count = (int) Math.max(least, Math.min(wanted, wanted * (long) BUDGET / bytes));
    while (true) {
      int[] shown = spaced(attributed, count);
      String json = content.json(shown, side);
      if (json.length() <= BUDGET || count <= least) {
        return new Fitted(shown, json);
      }
      int next = (int) (CAUTION * count * BUDGET / json.length());
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
