package io.journey.score;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.TriangularSolver_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/**
 * Φ(ΦᵀΦ + λI)⁻¹g for many g, in float64 by Cholesky decomposition (Algorithm 1, with the damping λ
 * = c·trace(ΦᵀΦ)/min(N, k), which does not depend on the scale of Φ).
 *
 * <p>Where N ≥ k the k×k matrix is decomposed (primal), else the N×N one, by Φ(ΦᵀΦ + λI)⁻¹ = (ΦΦᵀ +
 * λI)⁻¹Φ (dual).
 */
final class DampedSolver {
  /** Below this squared ratio of pivots a matrix of float32 features counts as singular. */
  private static final double SINGULAR = 1e-12;

  /** Numbers of a row read at once in the dual. */
  private static final int COLUMNS = 1024;

  private static final String TASK = "Multiplying features";

  private final FeatureRows features;
  private final Workers workers;
  private final Progress progress;

  DampedSolver(FeatureRows features, Workers workers, Progress progress) {
    this.features = features;
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
  float[][] scores(float[][] targets, double damping) {
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
      throw singular(examples + " examples cannot fill " + dim + " dimensions");
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
    Gram gram = new Gram(features.dim(), workers);
    try (Progress.Task task = progress.start(TASK, features.size(), "examples")) {
      addExamples(gram, task);
    }
    return multiply(solve(gram, damping, doubles(targets)));
  }

  /** ΦᵀΦ, some rows of Φ at a time. */
  private void addExamples(Gram gram, Progress.Task task) {
    int n = features.size();
    int k = features.dim();
    float[] row = new float[k];
    for (int from = 0; from < n; from += Gram.ROWS) {
      double[][] rows = new double[Gram.ROWS][k];
      for (int r = 0; r < Gram.ROWS && from + r < n; r++) {
        features.read(from + r, 0, k, row, 0);
        for (int j = 0; j < k; j++) {
          rows[r][j] = row[j];
        }
      }
      gram.add(rows);
      task.advance(Math.min(Gram.ROWS, n - from));
    }
  }

  float[][] dual(float[][] targets, double damping) {
    int n = features.size();
    Gram gram = new Gram(n, workers);
    try (Progress.Task task = progress.start(TASK, features.dim(), "dimensions")) {
      addDimensions(gram, task);
    }
    double[][] solved = solve(gram, damping, doubles(multiply(doubles(targets))));
    float[][] scores = new float[targets.length][n];
    for (int q = 0; q < targets.length; q++) {
      for (int i = 0; i < n; i++) {
        scores[q][i] = (float) solved[q][i];
      }
    }
    return scores;
  }

  /** ΦΦᵀ, some columns of Φ at a time. */
  private void addDimensions(Gram gram, Progress.Task task) {
    int n = features.size();
    int k = features.dim();
    for (int column = 0; column < k; column += COLUMNS) {
      int width = Math.min(COLUMNS, k - column);
      float[] block = new float[n * width];
      for (int i = 0; i < n; i++) {
        features.read(i, column, width, block, i * width);
      }
      for (int from = 0; from < width; from += Gram.ROWS) {
        double[][] rows = new double[Gram.ROWS][n];
        for (int r = 0; r < Gram.ROWS && from + r < width; r++) {
          for (int i = 0; i < n; i++) {
            rows[r][i] = block[i * width + from + r];
          }
        }
        gram.add(rows);
        task.advance(Math.min(Gram.ROWS, width - from));
      }
    }
  }

  private static double[][] doubles(float[][] values) {
    double[][] out = new double[values.length][];
    for (int q = 0; q < values.length; q++) {
      out[q] = new double[values[q].length];
      for (int i = 0; i < out[q].length; i++) {
        out[q][i] = values[q][i];
      }
    }
    return out;
  }

  /** (G + λI)⁻¹ of each right side. */
  private double[][] solve(Gram gram, double damping, double[][] right) {
    int n = right[0].length;
    double lambda = damping * gram.trace() / Math.min(features.size(), features.dim());
    CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(n, true);
    if (!cholesky.decompose(DMatrixRMaj.wrap(n, n, gram.damped(lambda)))) {
      if (damping > 0) {
        throw new JourneyException(
            "ΦᵀΦ + λI cannot be decomposed: the features are all zero, or damping "
                + damping
                + " is too small; use a larger damping, or featurize anew.");
      }
      throw singular("its Cholesky decomposition breaks down");
    }
    DMatrixRMaj triangle = cholesky.getT(null);
    if (damping == 0 && pivotRatio(triangle) < SINGULAR) {
      throw singular("its Cholesky decomposition breaks down");
    }
    double[][] out = new double[right.length][];
    for (int q = 0; q < right.length; q++) {
      out[q] = right[q].clone();
      TriangularSolver_DDRM.solveL(triangle.data, out[q], n);
      TriangularSolver_DDRM.solveTranL(triangle.data, out[q], n);
    }
    return out;
  }

  /** Smallest squared pivot over the largest, at least the reciprocal of the condition number. */
  private static double pivotRatio(DMatrixRMaj triangle) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = 0;
    for (int i = 0; i < triangle.numRows; i++) {
      double pivot = Math.pow(triangle.get(i, i), 2);
      smallest = Math.min(smallest, pivot);
      largest = Math.max(largest, pivot);
    }
    return smallest / largest;
  }

  /** Φ·x for each x, [Q][k] -> [Q][N]. */
  private float[][] multiply(double[][] x) {
    float[][] out = new float[x.length][features.size()];
    workers.forEach(
        features.size(),
        i -> {
          float[] row = new float[features.dim()];
          features.read(i, 0, row.length, row, 0);
          for (int q = 0; q < x.length; q++) {
            double sum = 0;
            for (int j = 0; j < row.length; j++) {
              sum += row[j] * x[q][j];
            }
            out[q][i] = (float) sum;
          }
        });
    return out;
  }
}
