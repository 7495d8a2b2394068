package io.journey.dataset;

/**
 * Brings square images of one side to another side, row by row, then column by column.
 *
 * <p>Smaller: every new pixel is the mean of the area it covers, with exact weights for pixels it
 * covers in part, so the mean of the image stays. Larger: linear between the centres of the four
 * nearest pixels, the border repeated.
 */
final class SquareResize {
  private final int from;
  private final int to;
  private final int[] first;
  private final double[][] weights;

  SquareResize(int from, int to) {
    this.from = from;
    this.to = to;
    this.first = new int[to];
    this.weights = new double[to][];
    for (int i = 0; i < to; i++) {
      if (to <= from) {
        coverArea(i);
      } else {
        interpolate(i);
      }
    }
  }

  /** In units of 1/to source pixels new pixel i covers [i·from, (i+1)·from), source j [j·to, …). */
  private void coverArea(int i) {
    long start = (long) i * from;
    long end = start + from;
    first[i] = (int) (start / to);
    int last = (int) ((end - 1) / to);
    weights[i] = new double[last - first[i] + 1];
    for (int j = first[i]; j <= last; j++) {
      long overlap = Math.min(end, (j + 1L) * to) - Math.max(start, (long) j * to);
      weights[i][j - first[i]] = (double) overlap / from;
    }
  }

  private void interpolate(int i) {
    double centre = (i + 0.5) * from / to - 0.5;
    double clamped = Math.max(0, Math.min(from - 1.0, centre));
    first[i] = Math.min((int) clamped, Math.max(0, from - 2));
    double right = clamped - first[i];
    weights[i] = from == 1 ? new double[] {1} : new double[] {1 - right, right};
  }

  /**
   * Resizes all channels.
   *
   * @param pixels [channels, from, from], unsigned bytes
   * @return [channels, to, to], in [0, 255], not rounded
   */
  float[] apply(byte[] pixels, int channels) {
    float[] out = new float[channels * to * to];
    double[] narrow = new double[from * to]; // [from, to]
    for (int c = 0; c < channels; c++) {
      resizeRows(pixels, c * from * from, narrow);
      for (int y = 0; y < to; y++) {
        for (int x = 0; x < to; x++) {
          double sum = 0;
          for (int k = 0; k < weights[y].length; k++) {
            sum += weights[y][k] * narrow[(first[y] + k) * to + x];
          }
          out[(c * to + y) * to + x] = (float) sum;
        }
      }
    }
    return out;
  }

  private void resizeRows(byte[] pixels, int offset, double[] narrow) {
    for (int y = 0; y < from; y++) {
      for (int x = 0; x < to; x++) {
        double sum = 0;
        for (int k = 0; k < weights[x].length; k++) {
          sum += weights[x][k] * (pixels[offset + y * from + first[x] + k] & 0xFF);
        }
        narrow[y * to + x] = sum;
      }
    }
  }
}
