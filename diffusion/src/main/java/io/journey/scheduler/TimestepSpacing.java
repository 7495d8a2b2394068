package io.journey.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.run.SettingException;

/**
 * The choice of n of the T timesteps that sampling visits (Lin et al. 2024, Table 2), to the
 * integer as diffusers does.
 */
public enum TimestepSpacing {
  /** (n−1)·⌊T/n⌋, …, ⌊T/n⌋, 0, all plus {@code steps_offset}. */
  @JsonProperty("leading")
  LEADING {
    @Override
    int step(int i, int trainSteps, int count, int offset) {
      return (count - 1 - i) * (trainSteps / count) + offset;
    }
  },
  /** T − 1, T − 1 − T/n, …, rounded. */
  @JsonProperty("trailing")
  TRAILING {
    @Override
    int step(int i, int trainSteps, int count, int offset) {
      // The stride as the difference of the first two numbers, which is how NumPy counts.
      double stride = trainSteps - (trainSteps - (double) trainSteps / count);
      return (int) Math.rint(trainSteps - i * stride) - 1;
    }
  },
  /** n numbers from T − 1 to 0, rounded. */
  @JsonProperty("linspace")
  LINSPACE {
    @Override
    int step(int i, int trainSteps, int count, int offset) {
      int last = count - 1;
      if (i == 0 && last > 0) {
        return trainSteps - 1;
      }
      return last == 0 ? 0 : (int) Math.rint((last - i) * ((double) (trainSteps - 1) / last));
    }
  };

  /**
   * Refuses an offset below 0.
   *
   * @throws SettingException if it is
   */
  static void requireOffset(int offset) {
    if (offset < 0) {
      throw new SettingException("steps_offset must be at least 0, got " + offset);
    }
  }

  /** Returns the i-th step visited. Numbers halfway are rounded to the even one. */
  abstract int step(int i, int trainSteps, int count, int offset);

  /**
   * Returns the steps t of a drawing, falling.
   *
   * @param trainSteps T
   * @param count n, 1..T
   * @param offset added to leading steps
   * @return [n]
   */
  public int[] timesteps(int trainSteps, int count, int offset) {
    if (count < 1 || count > trainSteps) {
      throw new SettingException(
          "inference steps must be between 1 and " + trainSteps + ", got " + count);
    }
    int[] steps = new int[count];
    for (int i = 0; i < count; i++) {
      steps[i] = step(i, trainSteps, count, offset);
    }
    if (steps[0] >= trainSteps) {
      throw new SettingException(
          String.format(
              "steps_offset %d with %d inference steps begins at step %d, the last is %d: sample with"
                  + " fewer steps or another spacing",
              offset, count, steps[0], trainSteps - 1));
    }
    return steps;
  }
}
