package io.journey.results.lds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/** Ground truth that no model was trained for: subsets and measurements are handed in. */
public final class FakeGroundTruth {
  /** f_t of a model. */
  public interface Measurement {
    double of(int subset, int seed, int half, int step, int target);
  }

  private FakeGroundTruth() {}

  /** Writes a pack. */
  public static Path write(
      Path folder,
      int examples,
      List<BitSet> subsets,
      int seeds,
      int[] steps,
      int targets,
      Measurement measurement) {
    ObjectNode settings = Json.object();
    ObjectNode inputs = Json.object().put("data", "data").put("trajectories", "targets");
    for (int step : steps) {
      settings.withArray("timesteps").add(step);
    }
    try (RunDirectory run =
        RunDirectory.claim(folder, GroundTruth.KIND, GroundTruth.FORMAT, settings, inputs)) {
      run.write(
          GroundTruth.SUBSETS,
          out -> {
            Npy.writeHeader(out, DType.F16, subsets.size(), examples);
            for (BitSet subset : subsets) {
              float[] row = new float[examples];
              subset.stream().forEach(i -> row[i] = 1);
              Npy.writeNumbers(out, DType.F16, row);
            }
          });
      float[] measurements = new float[subsets.size() * seeds * 2 * steps.length * targets];
      int at = 0;
      for (int j = 0; j < subsets.size(); j++) {
        for (int seed = 0; seed < seeds; seed++) {
          for (int half = 0; half < 2; half++) {
            for (int s = 0; s < steps.length; s++) {
              for (int t = 0; t < targets; t++) {
                measurements[at++] = (float) measurement.of(j, seed, half, s, t);
              }
            }
          }
        }
      }
      run.write(
          GroundTruth.MEASUREMENTS,
          out -> Npy.write(out, measurements, subsets.size(), seeds, 2, steps.length, targets));
      StringBuilder table = new StringBuilder("index,id,label,class\n");
      for (int i = 0; i < examples; i++) {
        table.append(i).append(",train/").append(i).append(",-1,\n");
      }
      run.write(
          "examples.csv", out -> out.write(table.toString().getBytes(StandardCharsets.UTF_8)));
      run.finish(Json.object());
    }
    return folder;
  }
}
