package io.journey.features;

/**
 * Powers of two that bring each row's largest number to between ½ and 1, so that float16 keeps
 * eleven bits of gradients however small they are.
 */
final class Scales {
  private Scales() {}

  /**
   * Divides every row by its scale.
   *
   * @param rows [n·dim], changed
   * @return the scales, [n]: true row = stored row · scale
   */
  static float[] normalize(float[] rows, int dim) {
    float[] scales = new float[rows.length / dim];
    for (int n = 0; n < scales.length; n++) {
      float largest = 0;
      for (int j = 0; j < dim; j++) {
        largest = Math.max(largest, Math.abs(rows[n * dim + j]));
      }
      int exponent = largest == 0 ? 0 : Math.max(Math.getExponent(largest) + 1, -120);
      scales[n] = Math.scalb(1f, exponent);
      for (int j = 0; j < dim; j++) {
        rows[n * dim + j] = Math.scalb(rows[n * dim + j], -exponent);
      }
    }
    return scales;
  }
}
