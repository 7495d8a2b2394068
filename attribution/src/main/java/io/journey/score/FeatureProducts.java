package io.journey.score;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import io.journey.run.Workers;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Φ·x for many x in float64, some rows of Φ at a time. Products are summed over even and over odd
 * places of features apart: two estimates of half of the product, each with chance of its own from
 * the projection.
 */
final class FeatureProducts {
  /** Rows of Φ multiplied at once. */
  private static final int ROWS = 64;

  /**
   * Products in two halves.
   *
   * @param even over the numbers at even places, [Q][N]
   * @param odd over those at odd places, [Q][N]
   */
  record Halves(double[][] even, double[][] odd) {
    /** Returns the products, [Q][N]. */
    double[][] sum() {
      double[][] sum = new double[even.length][];
      for (int q = 0; q < sum.length; q++) {
        sum[q] = even[q].clone();
        for (int i = 0; i < sum[q].length; i++) {
          sum[q][i] += odd[q][i];
        }
      }
      return sum;
    }
  }

  private FeatureProducts() {}

  /**
   * Multiplies.
   *
   * @param x [Q][k]
   */
  static Halves of(FeatureRows features, double[][] x, Workers workers) {
    int n = features.size();
    int k = features.dim();
    double[][][] found = new double[2][x.length][n];
    try (Parted vectors = new Parted(x.length, k)) {
      for (int q = 0; q < x.length; q++) {
        vectors.put(q, x[q]);
      }
      workers.forEach(
          (n + ROWS - 1) / ROWS,
          block -> {
            int from = block * ROWS;
            int count = Math.min(ROWS, n - from);
            float[] row = new float[k];
            double[] wide = new double[k];
            try (Parted rows = new Parted(count, k)) {
              for (int r = 0; r < count; r++) {
                features.read(from + r, 0, k, row, 0);
                for (int j = 0; j < k; j++) {
                  wide[j] = row[j];
                }
                rows.put(r, wide);
              }
              for (int first = 0; first < 2; first++) {
                multiply(rows, vectors, first, from, found[first]);
              }
            }
          });
    }
    return new Halves(found[0], found[1]);
  }

  /** Rows of numbers, those at even places apart from those at odd ones. */
  private static final class Parted implements AutoCloseable {
    private final int rows;
    private final int[] widths;
    private final DoublePointer[] parts;

    Parted(int rows, int columns) {
      this.rows = rows;
      this.widths = new int[] {(columns + 1) / 2, columns / 2};
      this.parts = new DoublePointer[2];
      for (int first = 0; first < 2; first++) {
        parts[first] = new DoublePointer(Math.max(1L, (long) rows * widths[first]));
      }
    }

    void put(int row, double[] numbers) {
      for (int first = 0; first < 2; first++) {
        double[] part = new double[widths[first]];
        for (int j = 0; j < part.length; j++) {
          part[j] = numbers[2 * j + first];
        }
        Gram.at(parts[first], (long) row * part.length).put(part);
      }
    }

    @Override
    public void close() {
      for (DoublePointer part : parts) {
        part.close();
      }
    }
  }

  private static void multiply(Parted rows, Parted x, int first, int from, double[][] out) {
    int width = rows.widths[first];
    if (width == 0) {
      return;
    }
    double[] products = new double[rows.rows * x.rows];
    try (DoublePointer result = new DoublePointer(products.length)) {
      cblas_dgemm(
          CblasRowMajor,
          CblasNoTrans,
          CblasTrans,
          rows.rows,
          x.rows,
          width,
          1,
          rows.parts[first],
          width,
          x.parts[first],
          width,
          0,
          result,
          x.rows);
      result.get(products);
    }
    for (int i = 0; i < products.length; i++) {
      out[i % x.rows][from + i / x.rows] = products[i];
    }
  }

  static double[][] doubles(float[][] values) {
    double[][] out = new double[values.length][];
    for (int q = 0; q < values.length; q++) {
      out[q] = new double[values[q].length];
      for (int i = 0; i < out[q].length; i++) {
        out[q][i] = values[q][i];
      }
    }
    return out;
  }
}
