package io.journey.score;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.results.Attribution;
import io.journey.results.Attribution.StepWeight;
import io.journey.run.Csv;
import io.journey.run.StageFiles;
import io.journey.statistics.Moments;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of an attribution with scores of the whole trajectory: Σ_t w_t τ_t/σ_t.
 *
 * @param stage whose weights they are by
 * @param scores of steps, of step s and target j at s·T + j, [S·T][N]
 */
record OverStepsFiles(AttributionStage stage, float[][] scores) {
  /** Writes scores and weights. */
  void write(StageFiles run) {
    int targets = stage.targets().size();
    StepWeights weights = stage.by().weights();
    int n = scores[0].length;
    float[][] over = new float[targets][];
    List<StepWeight> rows = new ArrayList<>();
    for (int j = 0; j < targets; j++) {
      double[] sum = new double[n];
      for (int s = 0; s < stage.steps().length; s++) {
        float[] row = scores[s * targets + j];
        double deviation = Moments.of(row).deviation();
        double weight = weights.ofTargets()[j][s];
        for (int i = 0; i < n && deviation > 0; i++) {
          sum[i] += weight * row[i] / deviation;
        }
        rows.add(new StepWeight(j, stage.steps()[s], weight, deviation));
      }
      over[j] = CheckpointScorer.floats(sum);
    }
    run.write(
        Attribution.OVER_STEPS,
        out -> {
          Npy.writeHeader(out, DType.F32, targets, n);
          for (float[] row : over) {
            Npy.writeNumbers(out, DType.F32, row);
          }
        });
    String table = Csv.table(StepWeight.class, rows);
    run.write(Attribution.STEP_WEIGHTS, out -> out.write(table.getBytes(StandardCharsets.UTF_8)));
  }
}
