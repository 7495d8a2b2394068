package io.journey.statistics;

/**
 * Mean and variance of all numbers there are.
 *
 * @param mean of the numbers
 * @param variance over N, not N − 1
 */
public record Moments(double mean, double variance) {
  /** Computes those of one number or more. */
  public static Moments of(float[] numbers) {
    double sum = 0;
    for (float number : numbers) {
      sum += number;
    }
    double mean = sum / numbers.length;
    double squares = 0;
    for (float number : numbers) {
      squares += (number - mean) * (number - mean);
    }
    return new Moments(mean, squares / numbers.length);
  }

  /** Returns the root of the variance. */
  public double deviation() {
    return Math.sqrt(variance);
  }
}
