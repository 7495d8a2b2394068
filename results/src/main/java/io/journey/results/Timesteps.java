package io.journey.results;

import io.journey.run.JourneyException;
import io.journey.run.JsonFields;
import io.journey.run.SettingException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The timesteps t of a trajectory that are attributed. */
public final class Timesteps {
  /** More steps than any trajectory has. */
  private static final int MAX_STEPS = 100_000;

  private final int[] fixed;
  private final int stride;
  private final boolean isNear;

  private Timesteps(int[] fixed, int stride, boolean isNear) {
    this.fixed = fixed;
    this.stride = stride;
    this.isNear = isNear;
  }

  /** These steps; the trajectory must have them. */
  public static Timesteps of(int... steps) {
    int[] sorted = Arrays.stream(steps).sorted().distinct().toArray();
    if (sorted.length == 0 || sorted[0] < 0) {
      throw new SettingException("timesteps must be at least 0, got " + Arrays.toString(steps));
    }
    return new Timesteps(sorted, 0, false);
  }

  /** Returns the same, each as the trajectory's step that is nearest to it, the lower of two. */
  public Timesteps nearest() {
    return new Timesteps(fixed, stride, true);
  }

  /** Returns all of the trajectory's steps above 0 that are multiples of {@code stride}. */
  public static Timesteps every(int stride) {
    if (stride < 1) {
      throw new SettingException("the distance of steps must be at least 1, got " + stride);
    }
    return new Timesteps(null, stride, false);
  }

  /** Reads {@code 100:900:100} (first, last, distance; the last is included) or {@code 100,400}. */
  public static Timesteps parse(String text) {
    try {
      if (text.contains(":")) {
        int[] parts = Arrays.stream(text.split(":", -1)).mapToInt(Integer::parseInt).toArray();
        if (parts.length == 3
            && parts[2] >= 1
            && parts[0] <= parts[1]
            && ((long) parts[1] - parts[0]) / parts[2] < MAX_STEPS) {
          return of(
              IntStream.iterate(parts[0], t -> t <= parts[1] && t >= parts[0], t -> t + parts[2])
                  .toArray());
        }
      } else {
        return of(Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray());
      }
    } catch (NumberFormatException e) {
      throw new SettingException(message(text), e);
    }
    throw new SettingException(message(text));
  }

  private static String message(String text) {
    return "timesteps "
        + text
        + " are unreadable: write 100:900:100 (first, last, distance) or 100,400";
  }

  /** Returns the steps that were named, rising; none where a distance was given. */
  public int[] named() {
    return fixed == null ? new int[0] : fixed.clone();
  }

  /**
   * Returns the setting {@code timesteps} of a finished stage.
   *
   * @return at least one, rising
   * @throws JourneyException if it is something else
   */
  public static int[] rising(JsonFields settings) {
    int[] steps = settings.wholes("timesteps");
    boolean rise = steps.length > 0 && steps[0] >= 0;
    for (int s = 1; s < steps.length; s++) {
      rise &= steps[s] > steps[s - 1];
    }
    if (!rise) {
      throw new JourneyException(
          settings.where() + " has timesteps that do not rise from 0 or more: make it again.");
    }
    return steps;
  }

  /**
   * Returns the steps for a trajectory with these timesteps, rising. Those that were named are as
   * they were named: whoever looks one up that the trajectory has not tells so.
   */
  public int[] among(int[] timesteps) {
    if (fixed != null && isNear) {
      return Arrays.stream(fixed).map(t -> nearest(t, timesteps)).sorted().distinct().toArray();
    }
    if (fixed != null) {
      return fixed.clone();
    }
    int[] steps = Arrays.stream(timesteps).filter(t -> t > 0 && t % stride == 0).sorted().toArray();
    if (steps.length == 0) {
      throw new SettingException("the trajectory has no step that is a multiple of " + stride);
    }
    return steps;
  }

  private static int nearest(int wanted, int[] timesteps) {
    return Arrays.stream(timesteps)
        .boxed()
        .min(Comparator.<Integer>comparingInt(t -> Math.abs(t - wanted)).thenComparing(t -> t))
        .orElseThrow();
  }
}
