package io.journey.score;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.util.Arrays;

/**
 * Features Φ ∈ R^{N×k} in the basis of their singular vectors: Φ = U·S·Vᵀ, r = min(N, k) of them.
 * One decomposition serves every damping and every estimator, each of which is then a sum over
 * directions. Takes 8·N·(N + r) bytes: for data of up to some ten thousand examples.
 *
 * <p>Code to formulas: {@code left} U, {@code squares} S², {@code row(i)} Vᵀφ_i, {@code targets}
 * Vᵀg. Directions without length count as zero.
 */
public final class Spectrum {
  /** More examples than this would take more than a few gigabytes. */
  static final int MAX_EXAMPLES = 16_384;

  /** Below this share of the largest S² a direction is rounding of float32 features. */
  private static final double NOTHING = 1e-11;

  private final FeatureRows features;
  private final int size;
  private final double[] left; // [r][N]
  private final double[] squares; // [r]
  private final Workers workers;

  private Spectrum(FeatureRows features, double[] left, double[] squares, Workers workers) {
    this.features = features;
    this.size = features.size();
    this.left = left;
    this.squares = squares;
    this.workers = workers;
  }

  /**
   * Decomposes ΦΦᵀ.
   *
   * @throws JourneyException if there are too many examples, or a feature is no number
   */
  public static Spectrum of(FeatureRows features, Workers workers) {
    int n = features.size();
    if (n > MAX_EXAMPLES) {
      throw new JourneyException(
          "This estimator needs a matrix over all pairs of training images, of which there can be "
              + MAX_EXAMPLES
              + ", got "
              + n
              + ": use journey-trak, or fewer images.");
    }
    double[] gram = new double[Math.multiplyExact(n, n)];
    try (Gram sums = new Gram(n, workers)) {
      sums.addColumns(features, Progress.Task.SILENT);
      sums.matrix().get(gram);
    }
    double[] values = new double[n];
    requireFinite(gram);
    // Upper triangle row by row is the lower one column by column; vectors come back as rows here.
    int status = LAPACKE_dsyevd(LAPACK_COL_MAJOR, (byte) 'V', (byte) 'L', n, gram, n, values);
    if (status != 0) {
      throw new JourneyException("ΦΦᵀ has no decomposition: featurize anew.");
    }
    int first = 0;
    while (first < n && values[first] <= NOTHING * values[n - 1]) {
      first++;
    }
    if (first == n) {
      throw new JourneyException("All features are zero: featurize anew.");
    }
    return new Spectrum(
        features,
        Arrays.copyOfRange(gram, first * n, n * n),
        Arrays.copyOfRange(values, first, n),
        workers);
  }

  private static void requireFinite(double[] gram) {
    for (double value : gram) {
      if (!Double.isFinite(value)) {
        throw new JourneyException("A feature is not a finite number: featurize anew.");
      }
    }
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
   * Targets in the basis: Vᵀg = S⁻¹Uᵀ(Φg).
   *
   * @param targets g, [Q][k]
   * @return [Q][r]
   */
  public double[][] targets(float[][] targets) {
    double[][] products = new double[targets.length][size];
    FeatureProducts.of(
        features,
        DampedSolver.doubles(targets),
        workers,
        (q, i, product) -> products[q][i] = product);
    double[][] out = new double[targets.length][rank()];
    workers.forEach(
        targets.length,
        q -> {
          for (int j = 0; j < rank(); j++) {
            double sum = 0;
            for (int i = 0; i < size; i++) {
              sum += left[j * size + i] * products[q][i];
            }
            out[q][j] = sum / Math.sqrt(squares[j]);
          }
        });
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
    double[] out = new double[size];
    for (int j = 0; j < rank(); j++) {
      double factor = weights[j] * Math.sqrt(squares[j]) * target[j];
      for (int i = 0; i < size; i++) {
        out[i] += factor * left[j * size + i];
      }
    }
    return out;
  }

  /**
   * Σ_j w_j·(Vᵀφ_i)_j² for every example: φ_iᵀ·V·diag(w)·Vᵀ·φ_i.
   *
   * @param weights w, [r]
   * @return [N]
   */
  public double[] quadratic(double[] weights) {
    double[] out = new double[size];
    for (int j = 0; j < rank(); j++) {
      double factor = weights[j] * squares[j];
      for (int i = 0; i < size; i++) {
        out[i] += factor * left[j * size + i] * left[j * size + i];
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

  /**
   * φ_iᵀg for every example.
   *
   * @param target Vᵀg, [r]
   * @return [N]
   */
  public double[] dots(double[] target) {
    double[] ones = new double[rank()];
    Arrays.fill(ones, 1);
    return weighted(ones, target);
  }

  /** 1/(S² + λ)^power of each direction, [r]. */
  public double[] damped(double lambda, int power) {
    double[] out = new double[rank()];
    for (int j = 0; j < out.length; j++) {
      out[j] = 1 / Math.pow(squares[j] + lambda, power);
    }
    return out;
  }
}
