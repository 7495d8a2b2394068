package io.journey.embedding;

/**
 * The interpolation of pixels between pixels; kernels as Pillow's (Keys 1981 with a = −½ for
 * cubic).
 */
public enum Interpolation {
  /** A triangle. */
  BILINEAR(1),
  /** A cubic of four pixels, which may overshoot. */
  BICUBIC(2);

  private final int radius;

  Interpolation(int radius) {
    this.radius = radius;
  }

  /** Returns how many pixels to each side have weight. */
  int radius() {
    return radius;
  }

  /** Returns the weight at a distance in pixels. */
  double weight(double distance) {
    double x = Math.abs(distance);
    if (this == BILINEAR) {
      return Math.max(0, 1 - x);
    }
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }
}
