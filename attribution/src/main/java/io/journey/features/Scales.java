package io.journey.features;

import io.journey.array.DType;

/** Factors that bring each row of features into the range of a number type of fewer bits. */
final class Scales {
  /** The largest number of int8, of either sign. */
  private static final int LARGEST = 127;

  private Scales() {}

  /** Returns whether rows of this type are stored with scales. */
  static boolean belongTo(DType dtype) {
    return dtype == DType.F16 || dtype == DType.I8;
  }

  /**
   * Divides every row by its scale. For {@link DType#F16} scales are powers of two that bring the
   * largest number to between ½ and 1, so that eleven bits are kept of gradients however small they
   * are. For {@link DType#I8} the largest number becomes 127: rounding then errs by at most 1/254
   * of it.
   *
   * @param rows [n·dim], changed
   * @return the scales, [n]: true row = stored row · scale
   */
  static float[] normalize(float[] rows, int dim, DType dtype) {
    float[] scales = new float[rows.length / dim];
    for (int n = 0; n < scales.length; n++) {
      float largest = 0;
      for (int j = 0; j < dim; j++) {
        largest = Math.max(largest, Math.abs(rows[n * dim + j]));
      }
      if (dtype == DType.F16) {
        int exponent = largest == 0 ? 0 : Math.max(Math.getExponent(largest) + 1, -120);
        scales[n] = Math.scalb(1f, exponent);
      } else {
        scales[n] = Math.max(largest / LARGEST, Float.MIN_NORMAL);
      }
      for (int j = 0; j < dim; j++) {
        rows[n * dim + j] /= scales[n]; // exact for powers of two
      }
    }
    return scales;
  }
}
