package io.journey.figure;

/**
 * From numbers to pixels.
 *
 * @param low the number at {@code from}; greater than {@code high} where the axis is turned round
 * @param high the number at {@code to}
 */
record Axis(double low, double high, double from, double to, boolean logarithmic) {
  double at(double value) {
    double a = measure(low);
    return from + (measure(value) - a) / (measure(high) - a) * (to - from);
  }

  private double measure(double value) {
    return logarithmic ? StrictMath.log(value) : value;
  }
}
