package io.journey.score;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * G = ΦᵀΦ or ΦΦᵀ, whichever is smaller, in float64, and the Cholesky factor of G + λI for one λ at
 * a time. Both share 8·n² bytes of native memory: G above the diagonal, the factor on and below it.
 *
 * <p>Each number of G is a sum over blocks of rows in their order: threads do not change it.
 */
final class Gram implements AutoCloseable {
  /** Rows taken at once. */
  static final int ROWS = 256;

  /** Below this squared ratio of pivots a matrix of float32 features counts as singular. */
  private static final double SINGULAR = 1e-12;

  private static final int TILE = 512;

  /** Right sides solved at once by one worker. */
  private static final int SIDES = 64;

  /** Rows and columns copied at once. */
  private static final int COPIED = 64;

  /** The triangle that is the lower one row by row is the upper one column by column. */
  private static final byte UPPER = 'U';

  private final FeatureRows features;
  private final int n;
  private final DoublePointer numbers; // [n, n]
  private final double[] diagonal; // of G
  private final Workers workers;
  private double decomposed = Double.NaN; // the c of the factor
  private double lambda;

  private Gram(FeatureRows features, int n, Workers workers) {
    this.features = features;
    this.n = n;
    this.numbers = new DoublePointer((long) n * n);
    this.diagonal = new double[n];
    this.workers = workers;
    Pointer.memset(numbers, 0, 8L * n * n);
    // Workers are the threads; a number's sum must not depend on how many BLAS would take.
    openblas_nolapack.blas_set_num_threads(1);
  }

  /** Multiplies features with themselves; the caller closes the result. */
  static Gram of(FeatureRows features, Workers workers, Progress progress) {
    boolean dual = features.size() < features.dim();
    int n = dual ? features.size() : features.dim();
    Gram gram = new Gram(features, n, workers);
    try (Progress.Task task =
        progress.start(
            "Multiplying features",
            dual ? features.dim() : features.size(),
            dual ? "dimensions" : "examples")) {
      if (dual) {
        gram.addColumns(task);
      } else {
        gram.addRows(task);
      }
      for (int i = 0; i < n; i++) {
        gram.diagonal[i] = gram.numbers.get((long) i * n + i);
      }
      return gram;
    } catch (RuntimeException | Error e) {
      gram.close();
      throw e;
    }
  }

  /** Returns n. */
  int side() {
    return n;
  }

  /** Returns λ of the factor. */
  double lambda() {
    return lambda;
  }

  /** Adds ΦᵀΦ, some rows of Φ at a time. */
  private void addRows(Progress.Task task) {
    try (DoublePointer block = new DoublePointer((long) ROWS * n)) {
      for (int from = 0; from < features.size(); from += ROWS) {
        int first = from;
        int count = Math.min(ROWS, features.size() - from);
        workers.forEach(
            count,
            r -> {
              float[] row = new float[n];
              features.read(first + r, 0, n, row, 0);
              double[] wide = new double[n];
              for (int j = 0; j < n; j++) {
                wide[j] = row[j];
              }
              at(block, (long) r * n).put(wide);
            });
        add(block, count);
        task.advance(count);
      }
    }
  }

  /** Adds ΦΦᵀ, some columns of Φ at a time. */
  private void addColumns(Progress.Task task) {
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

  /** Adds Σ_r row_r·row_rᵀ of some rows [count, n] to the tiles on and above the diagonal. */
  private void add(DoublePointer rows, int count) {
    int tiles = (n + TILE - 1) / TILE;
    workers.forEach(
        tiles * tiles,
        tile -> {
          if (tile / tiles <= tile % tiles) {
            addTile(rows, count, tile / tiles * TILE, tile % tiles * TILE);
          }
        });
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
        at(numbers, (long) i * n + j),
        n);
  }

  /** Returns the same memory from a number on; its owner closes it, the view is not closed. */
  static DoublePointer at(DoublePointer numbers, long index) {
    return numbers.getPointer(index);
  }

  /**
   * Decomposes G + λI, unless the factor is that of this damping already.
   *
   * @param c of λ = c·trace(G)/n
   * @throws JourneyException if there is no factor
   */
  void decompose(double c) {
    if (c == decomposed) {
      return;
    }
    decomposed = Double.NaN;
    double trace = Arrays.stream(diagonal).sum();
    if (!Double.isFinite(trace)) {
      throw new JourneyException(
          features.name() + " hold a number that is not finite: featurize anew.");
    }
    lambda = c * trace / n;
    int blocks = (n + COPIED - 1) / COPIED;
    workers.forEach(blocks, block -> copyBelow(block * COPIED));
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, UPPER, n, numbers, n) != 0) {
      if (c > 0) {
        throw new JourneyException(
            features.name()
                + " give a ΦᵀΦ + λI that cannot be decomposed: all are zero, some are of another"
                + " size than the rest, or damping "
                + c
                + " is too small; use a larger damping, or featurize anew.");
      }
      throw DampedSolver.singular("its Cholesky decomposition breaks down");
    }
    if (c == 0 && pivotRatio() < SINGULAR) {
      throw DampedSolver.singular("its Cholesky decomposition breaks down");
    }
    decomposed = c;
  }

  /** Writes the transposes of some rows of G below the diagonal, and their part of it with λ. */
  private void copyBelow(int from) {
    int count = Math.min(COPIED, n - from);
    double[][] rows = new double[count][];
    for (int r = 0; r < count; r++) {
      int i = from + r;
      rows[r] = new double[n - i - 1];
      if (i + 1 < n) {
        at(numbers, (long) i * n + i + 1).get(rows[r]);
      }
      numbers.put((long) i * n + i, diagonal[i] + lambda);
    }
    double[] part = new double[count];
    for (int j = from + 1; j < n; j++) {
      int width = Math.min(count, j - from);
      for (int r = 0; r < width; r++) {
        part[r] = rows[r][j - from - r - 1];
      }
      at(numbers, (long) j * n + from).put(part, 0, width);
    }
  }

  /** Smallest squared pivot over the largest, at least the reciprocal of the condition number. */
  private double pivotRatio() {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      double pivot = Math.pow(numbers.get((long) i * n + i), 2);
      smallest = Math.min(smallest, pivot);
      largest = Math.max(largest, pivot);
    }
    return smallest / largest;
  }

  /** Computes (G + λI)⁻¹ of each right side, [Q][n]. */
  double[][] solve(double[][] right) {
    double[][] out = new double[right.length][];
    workers.forEach(
        (right.length + SIDES - 1) / SIDES,
        block -> {
          int from = block * SIDES;
          int to = Math.min(right.length, from + SIDES);
          System.arraycopy(solveBlock(right, from, to), 0, out, from, to - from);
        });
    return out;
  }

  /** Computes (G + λI)⁻¹ of some right sides on the calling thread. */
  double[][] solveBlock(double[][] right, int from, int to) {
    double[][] out = new double[to - from][n];
    try (DoublePointer sides = new DoublePointer((long) out.length * n)) {
      for (int q = 0; q < out.length; q++) {
        at(sides, (long) q * n).put(right[from + q]);
      }
      LAPACKE_dpotrs(LAPACK_COL_MAJOR, UPPER, n, out.length, numbers, n, sides, n);
      for (int q = 0; q < out.length; q++) {
        at(sides, (long) q * n).get(out[q]);
      }
    }
    return out;
  }

  @Override
  public void close() {
    numbers.close();
  }
}
