package io.journey.figure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The places at which an axis is labelled.
 *
 * @param at ascending
 * @param labels one each
 */
record Ticks(double[] at, List<String> labels) {
  /** Beyond these, numbers are written with powers of ten. */
  private static final double LARGE = 1e7;

  private static final int MOST_DECIMALS = 6;

  /** Significant digits of a number that is a label itself. */
  private static final int DIGITS = 5;

  /** Multiples of 1, 2 or 5 times a power of ten, from below {@code low} to above {@code high}. */
  static Ticks around(double low, double high, int about) {
    double step = step((high - low) / about);
    long first = (long) Math.floor(low / step + 1e-9);
    long last = (long) Math.ceil(high / step - 1e-9);
    return multiples(step, first, Math.max(last, first + 1));
  }

  /** Returns the same between {@code low} and {@code high}. */
  static Ticks between(double low, double high, int about) {
    double step = step((high - low) / about);
    long first = (long) Math.ceil(low / step - 1e-9);
    long last = (long) Math.floor(high / step + 1e-9);
    return multiples(step, first, last);
  }

  /** Returns every given number, or as many powers of ten as lie between the first and last. */
  static Ticks of(double[] ascending) {
    return new Ticks(
        ascending, Arrays.stream(ascending).mapToObj(v -> label(v, decimals(v))).toList());
  }

  /** Powers of ten between two positive numbers. */
  static Ticks powers(double low, double high) {
    List<Double> at = new ArrayList<>();
    int last = (int) Math.floor(StrictMath.log10(high) + 1e-9);
    for (int e = (int) Math.ceil(StrictMath.log10(low) - 1e-9); e <= last; e++) {
      at.add(StrictMath.pow(10, e));
    }
    return of(at.stream().mapToDouble(v -> v).toArray());
  }

  private static Ticks multiples(double step, long first, long last) {
    double[] at = new double[(int) Math.max(0, last - first + 1)];
    for (int i = 0; i < at.length; i++) {
      at[i] = (first + i) * step;
    }
    int decimals = decimals(step);
    return new Ticks(at, Arrays.stream(at).mapToObj(v -> label(v, decimals)).toList());
  }

  private static double step(double atLeast) {
    double power = StrictMath.pow(10, Math.floor(StrictMath.log10(atLeast)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= atLeast * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Returns how many decimals tell a number, or one multiple of it from the next. */
  private static int decimals(double value) {
    int most = value == 0 ? 0 : DIGITS - (int) Math.floor(StrictMath.log10(Math.abs(value)));
    BigDecimal rounded = new BigDecimal(value).setScale(most, RoundingMode.HALF_EVEN);
    return Math.max(0, rounded.stripTrailingZeros().scale());
  }

  private static String label(double value, int decimals) {
    double size = Math.abs(value);
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    if (size == 0 && decimals > MOST_DECIMALS) {
      return "0";
    }
    if (size >= LARGE || decimals > MOST_DECIMALS) {
      int digits = Math.max(0, (int) Math.floor(StrictMath.log10(size)) + decimals);
      text = String.format(Locale.ROOT, "%." + Math.min(digits, 15) + "e", value);
      text = text.replaceAll("\\.?0*e", "e").replace("e+", "e").replaceAll("e(-?)0", "e$1");
    }
    return text.replace('-', '\u2212');
  }

  double first() {
    return at[0];
  }

  double last() {
    return at[at.length - 1];
  }
}
