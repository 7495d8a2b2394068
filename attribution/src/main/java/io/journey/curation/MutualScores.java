package io.journey.curation;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.features.FeatureStore;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.StageFiles;
import io.journey.run.WholeTask;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.FeatureRows;
import io.journey.score.Scorer;
import io.journey.score.TargetFeatures;
import io.journey.score.TrainingFeatures;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The scores of training images for one another by one checkpoint: S_ij is the score of image j
 * where image i is the target and its feature the target's gradient. By an estimator whose scores
 * are φ_jᵀMφ_i, M symmetric and positive semidefinite, S is so too, and S_ii is an image's score
 * for itself: ‖φ_i‖² where features are preconditioned or taken as they are, the leverage
 * φ_iᵀK⁻¹φ_i where K = ΦᵀΦ + λI stands between them.
 *
 * <p>S is computed some rows at a time and never kept as a whole. What needs a decomposition is
 * computed once and kept in a file: Mφ_i of each image, [N, k], where N ≥ k, else S itself, which
 * is smaller than Φ.
 *
 * @param features of the training images
 * @param estimator linear
 * @param damping without meaning for estimators that have none
 * @param member the checkpoint
 */
record MutualScores(FeatureStore features, Estimator estimator, Damping damping, String member)
    implements WholeTask {
  /** Rows whose products with all features are in memory at once take so many bytes at most. */
  private static final long BYTES = 256L << 20;

  /** Rows solved at once. */
  private static final int SOLVED = 256;

  /** Returns the rows of S that fit into memory at once, of which every checkpoint has as many. */
  static int rowsAtOnce(FeatureStore features) {
    long widest = 0;
    for (String member : features.checkpointNames()) {
      widest = Math.max(widest, features.dim(member));
    }
    // Two halves of a product and their sum; a feature in two forms.
    long each = 3L * Double.BYTES * features.size() + 2L * Double.BYTES * widest;
    return (int) Math.max(1, Math.min(features.size(), BYTES / each));
  }

  /** The file of S_ii, [N]. */
  @Override
  public String file() {
    return member + ".self.npy";
  }

  private String solvedFile() {
    return member + ".solved.npy";
  }

  private boolean isDual() {
    return features.size() < features.dim(member);
  }

  @Override
  public void run(StageFiles files, RunContext context) {
    double[] self = new double[features.size()];
    FeatureRows rows = FeatureRows.of(features, member);
    try (TrainingFeatures training = new TrainingFeatures(rows, null, context)) {
      if (estimator.needs().damped()) {
        files.write(solvedFile(), out -> solve(training, self, out, context.progress()));
      } else {
        double[] norms = training.norms();
        for (int i = 0; i < self.length; i++) {
          self[i] = norms[i] * norms[i];
        }
      }
    }
    files.write(
        file(),
        out -> {
          Npy.writeHeader(out, DType.F64, self.length);
          Npy.writeNumbers(out, self);
        });
  }

  private void solve(TrainingFeatures training, double[] self, OutputStream out, Progress progress)
      throws IOException {
    int n = training.size();
    Scorer scorer = estimator.prepare(training, damping);
    Npy.writeHeader(out, isDual() ? DType.F64 : DType.F32, n, isDual() ? n : training.dim());
    try (Progress.Task task = progress.start("Solving with " + member, n, "images")) {
      for (int from = 0; from < n; from += SOLVED) {
        float[][] some = read(training.rows(), from, Math.min(SOLVED, n - from));
        TargetFeatures targets = training.targets(some);
        double[][] solved = isDual() ? scorer.scores(targets) : scorer.weights(targets);
        for (int r = 0; r < some.length; r++) {
          if (isDual()) {
            self[from + r] = solved[r][from + r];
            Npy.writeNumbers(out, solved[r]);
          } else {
            self[from + r] = dot(solved[r], some[r]);
            Npy.writeNumbers(out, DType.F32, floats(solved[r]));
          }
        }
        task.advance(some.length);
      }
    }
  }

  /**
   * Computes some rows of S.
   *
   * @param files where this task has been done
   * @return [count][N]
   */
  double[][] rows(StageFiles files, int from, int count, RunContext context) {
    FeatureRows rows = FeatureRows.of(features, member);
    if (!estimator.needs().damped()) {
      try (TrainingFeatures training = new TrainingFeatures(rows, null, context)) {
        return estimator
            .prepare(training, damping)
            .scores(training.targets(read(rows, from, count)));
      }
    }
    Npy solved = Npy.map(files.path(solvedFile()));
    int width = (int) solved.shape()[1];
    if (isDual()) {
      double[][] found = new double[count][width];
      for (int r = 0; r < count; r++) {
        solved.read((long) (from + r) * width, found[r], width);
      }
      return found;
    }
    float[][] weights = new float[count][width];
    for (int r = 0; r < count; r++) {
      solved.read((long) (from + r) * width, weights[r], 0, width);
    }
    try (TrainingFeatures training = new TrainingFeatures(rows, null, context)) {
      return training.targets(weights).products();
    }
  }

  /** Returns S_ii of every image, [N]. */
  double[] self(StageFiles files) {
    double[] self = new double[features.size()];
    Npy.map(files.path(file())).read(0, self, self.length);
    return self;
  }

  private static float[][] read(FeatureRows rows, int from, int count) {
    float[][] some = new float[count][rows.dim()];
    for (int r = 0; r < count; r++) {
      rows.read(from + r, 0, rows.dim(), some[r], 0);
    }
    return some;
  }

  private static double dot(double[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
