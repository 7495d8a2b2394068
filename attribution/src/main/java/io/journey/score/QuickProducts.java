package io.journey.score;

import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Φ·x for few x, in one reading of Φ: products in float32, their sums in float64 every few thousand
 * numbers. {@link FeatureProducts} takes many times as long for one x, as it widens all of Φ; its
 * bits are those of attributions.
 */
final class QuickProducts {
  /** Rows that are one unit of work. */
  private static final int ROWS = 64;

  /** Numbers of a row that are multiplied at once: with those of the other rows, a mebibyte. */
  private static final int COLUMNS = 4096;

  private QuickProducts() {}

  /**
   * Multiplies.
   *
   * @param x [Q][k]
   * @return [Q][N]
   */
  static double[][] of(FeatureRows features, float[][] x, Workers workers) {
    int n = features.size();
    double[][] found = new double[x.length][n];
    ByteBuffer vectors = direct(x);
    workers.forEach(
        (n + ROWS - 1) / ROWS,
        unit -> {
          int end = Math.min(n, (unit + 1) * ROWS);
          for (int from = unit * ROWS; from < end; ) {
            try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
              FeatureRows.Block rows = features.block(from, end - from);
              long k = features.dim();
              Tensor columns = Libtorch.over(vectors, ScalarType.Float, x.length, k).t();
              multiply(rows, columns, from, found);
              from += rows.count();
            }
          }
        });
    return found;
  }

  private static ByteBuffer direct(float[][] x) {
    int bytes = Math.multiplyExact(Float.BYTES * x.length, x[0].length);
    ByteBuffer out = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    for (float[] one : x) {
      out.asFloatBuffer().put(one);
      out.position(out.position() + Float.BYTES * one.length);
    }
    return out.rewind();
  }

  /**
   * Multiplies some rows.
   *
   * @param columns [k, Q]
   * @param first the number of the first row
   * @param found receives the products, [Q][N]
   */
  private static void multiply(
      FeatureRows.Block rows, Tensor columns, int first, double[][] found) {
    long k = columns.size(0);
    for (long from = 0; from < k; from += COLUMNS) {
      try (PointerScope scope = new PointerScope()) {
        long count = Math.min(COLUMNS, k - from);
        Tensor part = rows.numbers().narrow(1, from, count).to(ScalarType.Float);
        float[] products = Libtorch.floats(part.matmul(columns.narrow(0, from, count)));
        for (int i = 0; i < products.length; i++) {
          int row = i / found.length;
          found[i % found.length][first + row] += rows.scale(row) * (double) products[i];
        }
      }
    }
  }
}
