package io.journey.score;

import io.journey.run.Counted;
import io.journey.run.JourneyException;

/**
 * Answers by K⁻¹ = (ΦᵀΦ + λI)⁻¹, in float64 by Cholesky decomposition (Algorithm 1), with λ =
 * c·trace(ΦᵀΦ)/min(N, k).
 *
 * <p>Where N ≥ k, the k×k matrix K is decomposed (primal). Else it is the N×N matrix A = ΦΦᵀ + λI
 * (dual), with X = A⁻¹: ΦK⁻¹g = XΦg, φ_iᵀK⁻¹φ_i = 1 − λX_ii and ‖K⁻¹φ_i‖² = X_ii − λ‖X_i‖².
 */
public final class DampedSolver {
  private final TrainingFeatures features;
  private final Damping damping;
  private double[] leverages;
  private double[] lengths;

  DampedSolver(TrainingFeatures features, Damping damping) {
    this.features = features;
    this.damping = damping;
  }

  /**
   * Refuses what has no answer, before work is spent on it.
   *
   * @param name of the features, for the message: "The features in DIR"
   * @throws JourneyException if the matrix would not fit in memory, or damping is 0 and fewer
   *     examples than dimensions make ΦᵀΦ singular
   */
  static void requirePossible(String name, int examples, int dim, Damping damping) {
    long side = Math.min(examples, dim);
    if (side * side > TrainingFeatures.MAX_NUMBERS) {
      throw new JourneyException(
          name
              + " need a matrix of "
              + side
              + " × "
              + side
              + " numbers in memory, of which there can be "
              + TrainingFeatures.MAX_NUMBERS
              + ": use an estimator without damping, or features of fewer dimensions.");
    }
    if (examples < dim && damping.c() == 0) {
      throw singular(examples + " examples cannot fill " + Counted.of(dim, "dimensions"));
    }
  }

  static JourneyException singular(String why) {
    return new JourneyException(
        "ΦᵀΦ is singular ("
            + why
            + "), so damping 0 has no answer: use a positive damping, or project to fewer"
            + " dimensions.");
  }

  private boolean isDual() {
    return features.size() < features.dim();
  }

  private Gram decomposed() {
    requirePossible(features.rows().name(), features.size(), features.dim(), damping);
    Gram gram = features.gram();
    gram.decompose(damping.c());
    return gram;
  }

  /**
   * Computes φ_iᵀK⁻¹g of every example and target.
   *
   * @return [Q][N]
   */
  public double[][] influence(TargetFeatures targets) {
    if (isDual()) {
      return decomposed().solve(targets.products());
    }
    return FeatureProducts.of(features.rows(), weights(targets), features.workers()).sum();
  }

  /**
   * Computes K⁻¹g of every target, where N ≥ k.
   *
   * @return [Q][k]
   */
  private double[][] weights(TargetFeatures targets) {
    return decomposed().solve(FeatureProducts.doubles(targets.gradients()));
  }

  /** Returns the scores that {@link #influence} computes. */
  Scorer scorer() {
    return new Scorer() {
      @Override
      public double[][] scores(TargetFeatures targets) {
        return influence(targets);
      }

      @Override
      public double[][] weights(TargetFeatures targets) {
        return DampedSolver.this.weights(targets);
      }
    };
  }

  /** Computes φ_iᵀK⁻¹φ_i of every example, [N]: how far its own score decides its prediction. */
  public double[] leverages() {
    solveExamples();
    return leverages;
  }

  /** Computes ‖K⁻¹φ_i‖ of every example, [N]. */
  public double[] lengths() {
    solveExamples();
    return lengths;
  }

  private void solveExamples() {
    if (leverages != null) {
      return;
    }
    Gram gram = decomposed();
    int n = features.size();
    int side = gram.side();
    double[] leverage = new double[n];
    double[] length = new double[n];
    features
        .workers()
        .forEach(
            (n + Gram.ROWS - 1) / Gram.ROWS,
            block -> {
              int from = block * Gram.ROWS;
              int count = Math.min(Gram.ROWS, n - from);
              double[][] right = new double[count][side];
              for (int r = 0; r < count; r++) {
                if (isDual()) {
                  right[r][from + r] = 1;
                } else {
                  read(from + r, right[r]);
                }
              }
              double[][] solved = gram.solveBlock(right, 0, count);
              for (int r = 0; r < count; r++) {
                int i = from + r;
                double own = dot(solved[r], solved[r]);
                if (isDual()) {
                  double x = solved[r][i];
                  leverage[i] = 1 - gram.lambda() * x;
                  length[i] = Math.sqrt(Math.max(0, x - gram.lambda() * own));
                } else {
                  leverage[i] = dot(right[r], solved[r]);
                  length[i] = Math.sqrt(own);
                }
              }
            });
    leverages = leverage;
    lengths = length;
  }

  private void read(int example, double[] out) {
    float[] row = new float[out.length];
    features.rows().read(example, 0, row.length, row, 0);
    for (int j = 0; j < row.length; j++) {
      out[j] = row[j];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
