package io.journey.scheduler;

import io.journey.run.SettingException;
import java.util.Arrays;

/**
 * Keeps x̂0 in range before a step: x → clamp(x, ±limit) / divisor.
 *
 * @param limit infinite where nothing is clipped
 * @param divisor 1, or the limit for dynamic thresholding
 */
record Clipping(double limit, double divisor) {
  /** The options of schedulers that clip or threshold. */
  interface Options {
    boolean clipSample();

    double clipSampleRange();

    boolean thresholding();

    double dynamicThresholdingRatio();

    double sampleMaxValue();
  }

  /** Returns what options ask for; thresholding comes before clipping. */
  static Clipping of(float[] x0, Options options) {
    if (options.thresholding()) {
      return dynamic(x0, options.dynamicThresholdingRatio(), options.sampleMaxValue());
    }
    return new Clipping(
        options.clipSample() ? options.clipSampleRange() : Double.POSITIVE_INFINITY, 1);
  }

  /**
   * Dynamic thresholding of an image (Saharia et al. 2022).
   *
   * @param x0 x̂0, [C·H·W]
   * @param ratio the quantile of |x̂0| it takes, 0..1
   * @param most the largest threshold, above 0
   */
  static Clipping dynamic(float[] x0, double ratio, double most) {
    double limit = Math.min(Math.max(quantileOfMagnitudes(x0, ratio), 1), most);
    return new Clipping(limit, limit);
  }

  /**
   * Refuses options out of range.
   *
   * @throws SettingException naming the first
   */
  static void require(double range, double ratio, double most) {
    check(range > 0, "clip_sample_range must be above 0, got " + range);
    check(ratio >= 0 && ratio <= 1, "dynamic_thresholding_ratio must be in [0, 1], got " + ratio);
    check(most > 0, "sample_max_value must be above 0, got " + most);
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new SettingException(message);
    }
  }

  /** Interpolated linearly between the two numbers it lies between. */
  private static double quantileOfMagnitudes(float[] values, double ratio) {
    double[] sorted = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      sorted[i] = Math.abs(values[i]);
    }
    Arrays.sort(sorted);
    double place = ratio * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  double clip(double x) {
    return Math.max(-limit, Math.min(limit, x)) / divisor;
  }
}
