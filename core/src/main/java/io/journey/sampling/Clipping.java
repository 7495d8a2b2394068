package io.journey.sampling;

import io.journey.diffusion.SamplingConfig;
import java.util.Arrays;

/**
 * How x̂0 is kept in range before a step: x → clamp(x, ±limit) / divisor.
 *
 * @param limit infinite where nothing is clipped
 * @param divisor 1, or the limit for dynamic thresholding
 */
record Clipping(double limit, double divisor) {
  /** What a configuration asks for an image. */
  static Clipping of(SamplingConfig config, float[] x0) {
    if (config.thresholding()) {
      double quantile = quantileOfMagnitudes(x0, config.dynamicThresholdingRatio());
      double limit = Math.min(Math.max(quantile, 1), config.sampleMaxValue());
      return new Clipping(limit, limit);
    }
    return new Clipping(
        config.clipSample() ? config.clipSampleRange() : Double.POSITIVE_INFINITY, 1);
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

  double of(double x) {
    return Math.max(-limit, Math.min(limit, x)) / divisor;
  }
}
