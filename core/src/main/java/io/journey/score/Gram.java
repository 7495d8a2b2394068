package io.journey.score;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import io.journey.run.Progress;
import io.journey.run.Workers;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Accumulates G = Σ_r row_r·row_rᵀ in float64, in tiles, on all workers. Each number is a sum over
 * blocks of rows in their order: threads do not change it. Of the symmetric matrix only tiles on
 * and above the diagonal are kept up.
 */
final class Gram implements AutoCloseable {
  /** Rows taken at once. */
  static final int ROWS = 256;

  private static final int TILE = 512;

  private final int n;
  private final DoublePointer sums; // [n, n]
  private final Workers workers;

  /**
   * @param n side of the matrix; it takes 8·n² bytes of native memory
   */
  Gram(int n, Workers workers) {
    this.n = n;
    this.sums = new DoublePointer((long) n * n);
    this.workers = workers;
    clear();
    // Workers are the threads; a number's sum must not depend on how many BLAS would take.
    openblas_nolapack.blas_set_num_threads(1);
  }

  /** Makes all numbers 0. */
  void clear() {
    Pointer.memset(sums, 0, 8L * n * n);
  }

  /** The numbers, [n, n], of which those on and above the diagonal count; closed with this. */
  DoublePointer matrix() {
    return sums;
  }

  /**
   * Adds rows.
   *
   * @param rows [count, n], row by row
   */
  void add(DoublePointer rows, int count) {
    int tiles = (n + TILE - 1) / TILE;
    workers.forEach(
        tiles * tiles,
        tile -> {
          if (tile / tiles <= tile % tiles) {
            addTile(rows, count, tile / tiles * TILE, tile % tiles * TILE);
          }
        });
  }

  /**
   * Adds ΦᵀΦ, some rows of Φ at a time; n is the number of columns of Φ.
   *
   * @param task told of rows
   */
  void addRows(FeatureRows features, Progress.Task task) {
    try (DoublePointer block = new DoublePointer((long) ROWS * n)) {
      for (int from = 0; from < features.size(); from += ROWS) {
        int first = from;
        int count = Math.min(ROWS, features.size() - from);
        workers.forEach(count, r -> FeatureProducts.read(features, first + r, 0, n, block, r));
        add(block, count);
        task.advance(count);
      }
    }
  }

  /**
   * Adds ΦΦᵀ, some columns of Φ at a time; n is the number of rows of Φ.
   *
   * @param task told of columns
   */
  void addColumns(FeatureRows features, Progress.Task task) {
    int k = features.dim();
    float[] columns = new float[Math.multiplyExact(n, Math.min(ROWS, k))];
    try (DoublePointer block = new DoublePointer((long) ROWS * n)) {
      for (int column = 0; column < k; column += ROWS) {
        int first = column;
        int width = Math.min(ROWS, k - column);
        workers.forEach(n, i -> features.read(i, first, width, columns, i * width));
        workers.forEach(
            width,
            r -> {
              double[] row = new double[n];
              for (int i = 0; i < n; i++) {
                row[i] = columns[i * width + r];
              }
              at(block, (long) r * n).put(row);
            });
        add(block, width);
        task.advance(width);
      }
    }
  }

  private void addTile(DoublePointer rows, int count, int i, int j) {
    cblas_dgemm(
        CblasRowMajor,
        CblasTrans,
        CblasNoTrans,
        Math.min(TILE, n - i),
        Math.min(TILE, n - j),
        count,
        1,
        at(rows, i),
        n,
        at(rows, j),
        n,
        1,
        at(sums, (long) i * n + j),
        n);
  }

  /** The same memory from a number on; its owner closes it, the view is not closed. */
  static DoublePointer at(DoublePointer numbers, long index) {
    return numbers.getPointer(index);
  }

  /** Σ_i G_ii. */
  double trace() {
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += sums.get((long) i * n + i);
    }
    return trace;
  }

  /**
   * Turns the matrix into G + λI, of which only numbers on and above the diagonal count.
   *
   * @return [n, n]; closed with this object
   */
  DoublePointer damped(double lambda) {
    for (int i = 0; i < n; i++) {
      long diagonal = (long) i * n + i;
      sums.put(diagonal, sums.get(diagonal) + lambda);
    }
    return sums;
  }

  @Override
  public void close() {
    sums.close();
  }
}
