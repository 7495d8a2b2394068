package io.journey.report;

import io.journey.statistics.Moments;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as short as a page needs them. */
final class Numbers {
  private Numbers() {}

  /** Returns a finite number with this many significant digits. */
  static double rounded(double value, int digits) {
    return new BigDecimal(value)
        .round(new MathContext(digits, RoundingMode.HALF_EVEN))
        .doubleValue();
  }

  /** Returns a finite number with two decimals. */
  static double cents(double value) {
    return Math.round(value * 100) / 100.0;
  }

  /** Returns a finite number with one decimal, rounded as sentences round it. */
  static double tenths(double value) {
    return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP).doubleValue();
  }

  /** Returns the standard deviation over all examples; 1 where all scores are equal. */
  static double deviation(float[] scores) {
    double deviation = Moments.of(scores).deviation();
    return deviation > 0 ? deviation : 1;
  }
}
