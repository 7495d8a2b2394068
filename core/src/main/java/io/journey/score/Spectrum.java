package io.journey.score;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Features Φ ∈ R^{N×k} in the basis of their singular vectors: Φ = U·S·Vᵀ, r ≤ min(N, k) of them.
 * One decomposition serves every damping and every estimator, each of which is then a sum over
 * directions. Where N > k the k×k matrix ΦᵀΦ is decomposed, else the N×N one ΦΦᵀ. Holds 8·N·min(N,
 * k) bytes of native memory.
 *
 * <p>Code to formulas: {@code left} U, {@code squares} S², {@code row(i)} Vᵀφ_i, {@code
 * coordinates} Vᵀg. Directions without length count as zero.
 */
public final class Spectrum implements AutoCloseable {
  /** More numbers than this, 8 GiB of them, are refused. */
  static final long MAX_NUMBERS = 1L << 30;

  /** Below this share of the largest S² a direction is rounding of float32 features. */
  private static final double NOTHING = 1e-11;

  private final FeatureRows features;
  private final int size;
  private final DoublePointer memory; // what left is a part of
  private final DoublePointer left; // [r][N]
  private final double[] squares; // [r]

  private Spectrum(
      FeatureRows features, DoublePointer memory, DoublePointer left, double[] squares) {
    this.features = features;
    this.size = features.size();
    this.memory = memory;
    this.left = left;
    this.squares = squares;
  }

  /**
   * Decomposes features.
   *
   * @throws JourneyException if they are too many, or one is no number
   */
  public static Spectrum of(FeatureRows features, Workers workers) {
    int n = features.size();
    int k = features.dim();
    requirePossible(n, k);
    return n > k ? primal(features, workers) : dual(features, workers);
  }

  /** Refuses what would not fit in memory. */
  static void requirePossible(int n, int k) {
    if ((long) n * Math.min(n, k) > MAX_NUMBERS) {
      throw new JourneyException(
          "This estimator needs "
              + n
              + " × "
              + Math.min(n, k)
              + " numbers in memory, of which there can be "
              + MAX_NUMBERS
              + ": use ek-fac, or features of fewer dimensions.");
    }
  }

  /** U is what ΦᵀΦ's vectors V make of the features: U = ΦVS⁻¹. */
  private static Spectrum primal(FeatureRows features, Workers workers) {
    int n = features.size();
    int k = features.dim();
    try (Gram sums = new Gram(k, workers)) {
      sums.addRows(features, Progress.Task.SILENT);
      double[] values = decompose(sums.matrix(), k);
      int first = firstOf(values);
      int rank = k - first;
      double[] squares = Arrays.copyOfRange(values, first, k);
      DoublePointer vectors = Gram.at(sums.matrix(), (long) first * k);
      DoublePointer left = new DoublePointer((long) rank * n);
      for (int j = 0; j < rank; j++) {
        scale(vectors, (long) j * k, k, 1 / Math.sqrt(squares[j]));
      }
      workers.forEach(
          (n + Gram.ROWS - 1) / Gram.ROWS,
          block -> {
            int from = block * Gram.ROWS;
            int count = Math.min(Gram.ROWS, n - from);
            try (DoublePointer rows = new DoublePointer((long) count * k)) {
              for (int i = 0; i < count; i++) {
                FeatureProducts.read(features, from + i, 0, k, rows, i);
              }
              cblas_dgemm(
                  CblasRowMajor,
                  CblasNoTrans,
                  CblasTrans,
                  rank,
                  count,
                  k,
                  1,
                  vectors,
                  k,
                  rows,
                  k,
                  0,
                  Gram.at(left, from),
                  n);
            }
          });
      return new Spectrum(features, left, left, squares);
    }
  }

  /** U are the vectors of ΦΦᵀ. */
  private static Spectrum dual(FeatureRows features, Workers workers) {
    int n = features.size();
    Gram sums = new Gram(n, workers);
    try {
      sums.addColumns(features, Progress.Task.SILENT);
      double[] values = decompose(sums.matrix(), n);
      int first = firstOf(values);
      return new Spectrum(
          features,
          sums.matrix(),
          Gram.at(sums.matrix(), (long) first * n),
          Arrays.copyOfRange(values, first, n));
    } catch (RuntimeException e) {
      sums.close();
      throw e;
    }
  }

  private static void scale(DoublePointer numbers, long from, int count, double factor) {
    double[] values = new double[count];
    DoublePointer part = Gram.at(numbers, from);
    part.get(values);
    for (int i = 0; i < count; i++) {
      values[i] *= factor;
    }
    part.put(values);
  }

  /** Puts the vectors of a matrix in its place, one a row; returns its values, rising. */
  private static double[] decompose(DoublePointer matrix, int n) {
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      Gram.at(matrix, (long) i * n).get(row);
      // Numbers below the diagonal do not count.
      for (int j = i; j < n; j++) {
        if (!Double.isFinite(row[j])) {
          throw new JourneyException("A feature is not a finite number: featurize anew.");
        }
      }
    }
    try (DoublePointer values = new DoublePointer(n)) {
      // Upper triangle row by row is the lower one column by column; vectors come back as rows.
      int status = LAPACKE_dsyevd(LAPACK_COL_MAJOR, (byte) 'V', (byte) 'L', n, matrix, n, values);
      if (status != 0) {
        throw new JourneyException("The features have no decomposition: featurize anew.");
      }
      values.get(row);
      return row;
    }
  }

  /** The first direction of some length. */
  private static int firstOf(double[] values) {
    int first = 0;
    while (first < values.length && values[first] <= NOTHING * values[values.length - 1]) {
      first++;
    }
    if (first == values.length) {
      throw new JourneyException("All features are zero: featurize anew.");
    }
    return first;
  }

  /** N. */
  public int size() {
    return size;
  }

  /** r. */
  public int rank() {
    return squares.length;
  }

  /** S² of each direction, [r], rising; their sum is the trace of ΦᵀΦ. */
  public double[] squares() {
    return squares.clone();
  }

  /**
   * λ = c·trace(ΦᵀΦ)/min(N, k), as in {@link DampedSolver}.
   *
   * @param damping c
   */
  public double lambda(double damping) {
    return damping * Arrays.stream(squares).sum() / Math.min(size, features.dim());
  }

  /**
   * A target in the basis: Vᵀg = S⁻¹Uᵀ(Φg).
   *
   * @param products Φg, [N]
   * @return [r]
   */
  public double[] coordinates(double[] products) {
    double[] out = multiply(CblasNoTrans, products, rank());
    for (int j = 0; j < out.length; j++) {
      out[j] /= Math.sqrt(squares[j]);
    }
    return out;
  }

  /** U·x, or its transpose's product, of so many numbers. */
  private double[] multiply(int transposed, double[] x, int length) {
    double[] out = new double[length];
    try (DoublePointer in = new DoublePointer(x);
        DoublePointer result = new DoublePointer(length)) {
      cblas_dgemv(CblasRowMajor, transposed, rank(), size, 1, left, size, in, 1, 0, result, 1);
      result.get(out);
    }
    return out;
  }

  /**
   * Σ_j w_j·(Vᵀφ_i)_j·(Vᵀg)_j for every example: gᵀ·V·diag(w)·Vᵀ·φ_i.
   *
   * @param weights w, [r]
   * @param target Vᵀg, [r]
   * @return [N]
   */
  public double[] weighted(double[] weights, double[] target) {
    double[] factors = new double[rank()];
    for (int j = 0; j < factors.length; j++) {
      factors[j] = weights[j] * Math.sqrt(squares[j]) * target[j];
    }
    return multiply(CblasTrans, factors, size);
  }

  /**
   * Σ_j w_j·(Vᵀφ_i)_j² for every example: φ_iᵀ·V·diag(w)·Vᵀ·φ_i.
   *
   * @param weights w, [r]
   * @return [N]
   */
  public double[] quadratic(double[] weights) {
    double[] out = new double[size];
    double[] row = new double[size];
    for (int j = 0; j < rank(); j++) {
      double factor = weights[j] * squares[j];
      Gram.at(left, (long) j * size).get(row);
      for (int i = 0; i < size; i++) {
        out[i] += factor * row[i] * row[i];
      }
    }
    return out;
  }

  /**
   * φ_iᵀ(ΦᵀΦ + λI)⁻¹g for every example.
   *
   * @param target Vᵀg, [r]
   * @return [N]
   */
  public double[] influence(double lambda, double[] target) {
    return weighted(damped(lambda, 1), target);
  }

  /** 1/(S² + λ)^power of each direction, [r]. */
  public double[] damped(double lambda, int power) {
    double[] out = new double[rank()];
    for (int j = 0; j < out.length; j++) {
      out[j] = 1 / Math.pow(squares[j] + lambda, power);
    }
    return out;
  }

  @Override
  public void close() {
    memory.close();
  }
}
