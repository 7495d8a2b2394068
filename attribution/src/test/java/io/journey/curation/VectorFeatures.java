package io.journey.curation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.features.FeatureStore;
import io.journey.results.ExampleTable;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Vectors of a test as features on disk. */
final class VectorFeatures {
  /** Less than the number of images: there are several files. */
  private static final int SHARD = 16;

  private VectorFeatures() {}

  /**
   * Writes them.
   *
   * @param members Φ of each checkpoint, [M][N][k]
   */
  static FeatureStore write(Path folder, Dataset data, float[][]... members) {
    ObjectNode settings = Json.object().put("projection", "none").put("shard_rows", SHARD);
    settings.put("parameters", "all").put("preconditioner", "none").put("function", "loss");
    settings.put("draws", 1).put("seed", 0);
    ObjectNode inputs = data.inputs();
    ObjectNode checkpoints = inputs.putObject("checkpoints");
    for (int m = 0; m < members.length; m++) {
      checkpoints.put("m" + m, "fingerprint " + m);
    }
    try (RunDirectory run =
        RunDirectory.claim(folder, FeatureStore.KIND, FeatureStore.FORMAT, settings, inputs)) {
      byte[] examples = ExampleTable.of(data).getBytes(StandardCharsets.UTF_8);
      run.write(ExampleTable.FILE, out -> out.write(examples));
      for (int m = 0; m < members.length; m++) {
        float[][] rows = members[m];
        int k = rows[0].length;
        for (int from = 0; from < rows.length; from += SHARD) {
          int count = Math.min(SHARD, rows.length - from);
          float[] some = new float[count * k];
          for (int r = 0; r < count; r++) {
            System.arraycopy(rows[from + r], 0, some, r * k, k);
          }
          String name = String.format(Locale.ROOT, "m%d/shard-%05d.npy", m, from / SHARD);
          run.write(name, out -> Npy.write(out, some, count, k));
        }
      }
      run.finish(Json.object());
    }
    return FeatureStore.open(folder);
  }
}
