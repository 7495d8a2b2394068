package io.journey.embedding;

/**
 * Brings a line of pixels to another length as Pillow does: each new pixel is a weighted mean of
 * those around its centre; where the line shrinks the kernel is widened as much, so that none is
 * passed over. Unlike Pillow's for 8-bit images, numbers are not rounded.
 */
final class Resize {
  private final int[] first;
  private final double[][] weights;

  Resize(int from, int to, Interpolation kernel) {
    first = new int[to];
    weights = new double[to][];
    double scale = (double) from / to;
    double stretch = Math.max(1, scale);
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      double radius = kernel.radius() * stretch;
      first[i] = Math.max(0, (int) (centre - radius + 0.5));
      int end = Math.min(from, (int) (centre + radius + 0.5));
      weights[i] = new double[end - first[i]];
      double sum = 0;
      for (int k = 0; k < weights[i].length; k++) {
        weights[i][k] = kernel.weight((first[i] + k - centre + 0.5) / stretch);
        sum += weights[i][k];
      }
      for (int k = 0; k < weights[i].length; k++) {
        weights[i][k] /= sum;
      }
    }
  }

  /**
   * Resizes a plane, rows first.
   *
   * @param plane [height, width]
   * @return [newHeight, newWidth]
   */
  static double[] plane(
      double[] plane, int height, int width, int newHeight, int newWidth, Interpolation kernel) {
    double[] narrow = new double[height * newWidth];
    Resize rows = new Resize(width, newWidth, kernel);
    for (int y = 0; y < height; y++) {
      rows.line(plane, y * width, 1, narrow, y * newWidth, 1);
    }
    double[] out = new double[newHeight * newWidth];
    Resize columns = new Resize(height, newHeight, kernel);
    for (int x = 0; x < newWidth; x++) {
      columns.line(narrow, x, newWidth, out, x, newWidth);
    }
    return out;
  }

  private void line(double[] in, int from, int step, double[] out, int to, int outStep) {
    for (int i = 0; i < first.length; i++) {
      double sum = 0;
      for (int k = 0; k < weights[i].length; k++) {
        sum += weights[i][k] * in[from + (first[i] + k) * step];
      }
      out[to + i * outStep] = sum;
    }
  }
}
