package io.journey.score;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Φ(ΦᵀΦ + λI)⁻¹g for many g, in float64 by Cholesky decomposition (Algorithm 1, with the damping λ
 * = c·trace(ΦᵀΦ)/min(N, k), which does not depend on the scale of Φ).
 *
 * <p>Where N ≥ k the k×k matrix is decomposed (primal), else the N×N one, by Φ(ΦᵀΦ + λI)⁻¹ = (ΦΦᵀ +
 * λI)⁻¹Φ (dual).
 */
public final class DampedSolver {
  /** Below this squared ratio of pivots a matrix of float32 features counts as singular. */
  private static final double SINGULAR = 1e-12;

  /** The triangle that is the upper one row by row is the lower one column by column. */
  private static final byte LOWER = 'L';

  /** Names of what is kept. */
  private static final String GRAM = "gram";

  private static final String FACTOR = "cholesky";

  private static final String TASK = "Multiplying features";

  private final FeatureRows features;
  private final KeptTriangles kept;
  private final Workers workers;
  private final Progress progress;

  /** A solver that keeps nothing. */
  public DampedSolver(FeatureRows features, Workers workers, Progress progress) {
    this(features, KeptTriangles.NONE, workers, progress);
  }

  /**
   * @param kept where ΦᵀΦ (or ΦΦᵀ) and its last decomposition are kept
   */
  public DampedSolver(
      FeatureRows features, KeptTriangles kept, Workers workers, Progress progress) {
    this.features = features;
    this.kept = kept;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * Scores of all examples.
   *
   * @param targets g, [Q][k]
   * @param damping c, at least 0
   * @return [Q][N]
   * @throws JourneyException if c is 0 and ΦᵀΦ is singular
   */
  public float[][] scores(float[][] targets, double damping) {
    if (!(damping >= 0) || Double.isInfinite(damping)) {
      throw new IllegalArgumentException("damping must be at least 0, got " + damping);
    }
    boolean dual = features.size() < features.dim();
    requireSolvable(features.size(), features.dim(), damping);
    return dual ? dual(targets, damping) : primal(targets, damping);
  }

  /** Refuses damping 0 where fewer examples than dimensions make ΦᵀΦ singular. */
  static void requireSolvable(int examples, int dim, double damping) {
    if (examples < dim && damping == 0) {
      throw singular(examples + " examples cannot fill " + Counted.of(dim, "dimensions"));
    }
  }

  private static JourneyException singular(String why) {
    return new JourneyException(
        "ΦᵀΦ is singular ("
            + why
            + "), so damping 0 has no answer: use a positive damping, or project to fewer"
            + " dimensions.");
  }

  float[][] primal(float[][] targets, double damping) {
    double[][] solved;
    try (Gram gram = new Gram(features.dim(), workers)) {
      decompose(
          gram,
          features.dim(),
          damping,
          () -> {
            try (Progress.Task task = progress.start(TASK, features.size(), "examples")) {
              gram.addRows(features, task);
            }
          });
      solved = solve(gram, doubles(targets));
    }
    return multiply(solved);
  }

  float[][] dual(float[][] targets, double damping) {
    int n = features.size();
    float[][] scores = new float[targets.length][n];
    try (Gram gram = new Gram(n, workers)) {
      decompose(
          gram,
          n,
          damping,
          () -> {
            try (Progress.Task task = progress.start(TASK, features.dim(), "dimensions")) {
              gram.addColumns(features, task);
            }
          });
      double[][] solved = solve(gram, doubles(multiply(doubles(targets))));
      for (int q = 0; q < targets.length; q++) {
        for (int i = 0; i < n; i++) {
          scores[q][i] = (float) solved[q][i];
        }
      }
    }
    return scores;
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

  /**
   * Makes a matrix the Cholesky factor of G + λI, from what is kept of it or from the features.
   *
   * @param fill adds the features to an empty matrix
   */
  private void decompose(Gram gram, int n, double damping, Runnable fill) {
    String made = "damping " + damping;
    if (kept.load(FACTOR, made, gram.matrix(), n)) {
      return;
    }
    if (!kept.load(GRAM, "", gram.matrix(), n)) {
      gram.clear();
      fill.run();
      kept.save(GRAM, "", gram.matrix(), n);
    }
    double lambda = damping * gram.trace() / Math.min(features.size(), features.dim());
    DoublePointer triangle = gram.damped(lambda);
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, LOWER, n, triangle, n) != 0) {
      if (damping > 0) {
        throw new JourneyException(
            features.name()
                + " give a ΦᵀΦ + λI that cannot be decomposed: all are zero, some are of another"
                + " size than the rest, or damping "
                + damping
                + " is too small; use a larger damping, or featurize anew.");
      }
      throw singular("its Cholesky decomposition breaks down");
    }
    if (damping == 0 && pivotRatio(triangle, n) < SINGULAR) {
      throw singular("its Cholesky decomposition breaks down");
    }
    kept.save(FACTOR, made, triangle, n);
  }

  /** (G + λI)⁻¹ of each right side. */
  private static double[][] solve(Gram factor, double[][] right) {
    int n = right[0].length;
    double[][] out = new double[right.length][n];
    try (DoublePointer sides = new DoublePointer((long) right.length * n)) {
      for (int q = 0; q < right.length; q++) {
        Gram.at(sides, (long) q * n).put(right[q]);
      }
      LAPACKE_dpotrs(LAPACK_COL_MAJOR, LOWER, n, right.length, factor.matrix(), n, sides, n);
      for (int q = 0; q < right.length; q++) {
        Gram.at(sides, (long) q * n).get(out[q]);
      }
    }
    return out;
  }

  /** Smallest squared pivot over the largest, at least the reciprocal of the condition number. */
  private static double pivotRatio(DoublePointer triangle, int n) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      double pivot = Math.pow(triangle.get((long) i * n + i), 2);
      smallest = Math.min(smallest, pivot);
      largest = Math.max(largest, pivot);
    }
    return smallest / largest;
  }

  /** Φ·x for each x, [Q][k] -> [Q][N]. */
  private float[][] multiply(double[][] x) {
    float[][] out = new float[x.length][features.size()];
    FeatureProducts.of(features, x, workers, (q, i, product) -> out[q][i] = (float) product);
    return out;
  }
}
