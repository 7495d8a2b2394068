package io.journey.score;

import io.journey.run.Progress;
import io.journey.run.Workers;
import java.util.HashMap;
import java.util.Map;

/**
 * The features of the training images by one checkpoint, for estimators: Φ ∈ R^{N×k}, and what is
 * derived from it, computed when it is first asked for. Estimators and dampings share it.
 */
public final class TrainingFeatures implements AutoCloseable {
  /** More numbers than these, 8 GiB of them, are refused. */
  static final long MAX_NUMBERS = 1L << 30;

  private final FeatureRows rows;
  private final double[] residuals;
  private final Workers workers;
  private final Progress progress;
  private final Map<Damping, DampedSolver> solvers = new HashMap<>();
  private double[] norms;
  private Gram gram;

  /**
   * @param rows Φ
   * @param residuals r_i of each image, [N]; null where no estimator needs them
   * @param workers do the work
   * @param progress told of the multiplication ΦᵀΦ
   */
  public TrainingFeatures(
      FeatureRows rows, double[] residuals, Workers workers, Progress progress) {
    this.rows = rows;
    this.residuals = residuals;
    this.workers = workers;
    this.progress = progress;
  }

  /** Returns N. */
  public int size() {
    return rows.size();
  }

  /** Returns k. */
  public int dim() {
    return rows.dim();
  }

  /** Returns Φ. */
  public FeatureRows rows() {
    return rows;
  }

  /** Returns the root mean squared error of each image, [N]. */
  public double[] residuals() {
    if (residuals == null) {
      throw new IllegalStateException("no residuals: FeatureRequirement must ask for them");
    }
    return residuals;
  }

  /** Returns ‖φ_i‖ of each image, [N]. */
  public double[] norms() {
    if (norms == null) {
      double[] found = new double[size()];
      workers.forEach(
          size(),
          i -> {
            float[] row = new float[dim()];
            rows.read(i, 0, row.length, row, 0);
            found[i] = TargetFeatures.norm(row);
          });
      norms = found;
    }
    return norms;
  }

  /** Returns what (ΦᵀΦ + λI)⁻¹ says. One decomposition is kept: take turns by damping. */
  public DampedSolver damped(Damping damping) {
    return solvers.computeIfAbsent(damping, d -> new DampedSolver(this, d));
  }

  /**
   * Returns targets as scorers take them.
   *
   * @param gradients g, [Q][k]
   */
  public TargetFeatures targets(float[][] gradients) {
    return new TargetFeatures(this, gradients);
  }

  Workers workers() {
    return workers;
  }

  /** Returns ΦᵀΦ, or ΦΦᵀ where N &lt; k. */
  Gram gram() {
    if (gram == null) {
      gram = Gram.of(rows, workers, progress);
    }
    return gram;
  }

  @Override
  public void close() {
    if (gram != null) {
      gram.close();
    }
  }
}
