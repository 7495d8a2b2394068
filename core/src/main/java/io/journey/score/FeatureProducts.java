package io.journey.score;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import io.journey.run.Workers;
import org.bytedeco.javacpp.DoublePointer;

/** Φ·x for many x in float64, some rows of Φ at a time. */
final class FeatureProducts {
  /** Rows of Φ multiplied at once. */
  private static final int ROWS = 64;

  /** Takes the product of vector {@code q} with row {@code i}; called by many threads. */
  interface Sink {
    void put(int q, int i, double product);
  }

  private final FeatureRows features;
  private final int vectors;
  private final Sink sink;

  private FeatureProducts(FeatureRows features, int vectors, Sink sink) {
    this.features = features;
    this.vectors = vectors;
    this.sink = sink;
  }

  /**
   * Multiplies.
   *
   * @param x [Q][k]
   * @param sink told of all [Q][N] products
   */
  static void of(FeatureRows features, double[][] x, Workers workers, Sink sink) {
    int n = features.size();
    int k = features.dim();
    FeatureProducts products = new FeatureProducts(features, x.length, sink);
    try (DoublePointer wide = new DoublePointer((long) x.length * k)) {
      for (int q = 0; q < x.length; q++) {
        Gram.at(wide, (long) q * k).put(x[q]);
      }
      workers.forEach((n + ROWS - 1) / ROWS, block -> products.multiply(wide, block * ROWS));
    }
  }

  /**
   * The products themselves.
   *
   * @param x [Q][k]
   * @return [Q][N]
   */
  static double[][] of(FeatureRows features, double[][] x, Workers workers) {
    double[][] out = new double[x.length][features.size()];
    of(features, x, workers, (q, i, product) -> out[q][i] = product);
    return out;
  }

  /**
   * The products in two halves, of which the sum is the product.
   *
   * @param even of the numbers at even places, [Q][N]
   * @param odd of those at odd places, [Q][N]
   */
  record Halves(double[][] even, double[][] odd) {}

  /**
   * The products in two halves: two estimates of half of the product, with chance of their own from
   * the projection.
   *
   * @param x [Q][k]
   */
  static Halves halves(FeatureRows features, float[][] x, Workers workers) {
    double[][][] found = new double[2][][];
    for (int first = 0; first < 2; first++) {
      FeatureRows half = features.alternate(first);
      double[][] vectors = new double[x.length][half.dim()];
      for (int q = 0; q < x.length; q++) {
        for (int j = 0; j < half.dim(); j++) {
          vectors[q][j] = x[q][2 * j + first];
        }
      }
      found[first] =
          half.dim() == 0 ? new double[x.length][features.size()] : of(half, vectors, workers);
    }
    return new Halves(found[0], found[1]);
  }

  /** Writes a part of a row of Φ as row {@code place} of a block. */
  static void read(
      FeatureRows features, int row, int column, int width, DoublePointer block, int place) {
    float[] numbers = new float[width];
    features.read(row, column, width, numbers, 0);
    double[] wide = new double[width];
    for (int j = 0; j < width; j++) {
      wide[j] = numbers[j];
    }
    Gram.at(block, (long) place * width).put(wide);
  }

  private void multiply(DoublePointer x, int from) {
    int k = features.dim();
    int count = Math.min(ROWS, features.size() - from);
    double[] products = new double[count * vectors];
    try (DoublePointer rows = new DoublePointer((long) count * k);
        DoublePointer result = new DoublePointer(products.length)) {
      for (int r = 0; r < count; r++) {
        read(features, from + r, 0, k, rows, r);
      }
      cblas_dgemm(
          CblasRowMajor,
          CblasNoTrans,
          CblasTrans,
          count,
          vectors,
          k,
          1,
          rows,
          k,
          x,
          k,
          0,
          result,
          vectors);
      result.get(products);
    }
    for (int i = 0; i < products.length; i++) {
      sink.put(i % vectors, from + i / vectors, products[i]);
    }
  }
}
