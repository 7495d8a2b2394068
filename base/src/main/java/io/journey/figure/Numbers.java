package io.journey.figure;

import io.journey.run.Counted;

/** Checks of what is drawn. */
final class Numbers {
  private Numbers() {}

  static void require(boolean condition, String what, String name, String fault) {
    if (!condition) {
      throw new IllegalArgumentException("the " + what + " \"" + name + "\" " + fault);
    }
  }

  static void requireFinite(String name, double... values) {
    for (double value : values) {
      require(Double.isFinite(value), "line", name, "has a place that is " + value);
    }
  }

  /** Values and intervals are as many as asked for, finite or NaN, and the right way round. */
  static void requireIntervals(String name, int n, double[] values, double[] low, double[] high) {
    requireLength(name, n, values);
    require((low == null) == (high == null), "series", name, "has intervals with one end");
    if (low == null) {
      return;
    }
    requireLength(name, n, low);
    requireLength(name, n, high);
    for (int i = 0; i < n; i++) {
      require(!(low[i] > high[i]), "series", name, "has an interval " + low[i] + " to " + high[i]);
    }
  }

  private static void requireLength(String name, int n, double[] values) {
    require(
        values.length == n,
        "series",
        name,
        "has " + Counted.of(values.length, "numbers") + ", expected " + n);
    for (double value : values) {
      require(!Double.isInfinite(value), "series", name, "has a value that is " + value);
    }
  }

  /** The least and greatest of numbers. */
  static final class Extent {
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;

    void add(double... values) {
      if (values != null) {
        for (double value : values) {
          if (!Double.isNaN(value)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
          }
        }
      }
    }

    /** Returns the least, 0 where there are none. */
    double low() {
      return low > high ? 0 : low;
    }

    /** Returns the greatest, more than the least. */
    double high() {
      if (low > high) {
        return 1;
      }
      return low < high ? high : low + Math.max(1e-3, Math.abs(low) * 0.1);
    }
  }
}
