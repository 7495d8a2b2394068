package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.features.FeatureStore;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.run.Csv;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Plain features of chance on disk, float32, for measurements of what reads them. */
final class MadeUpFeatures {
  private MadeUpFeatures() {}

  /**
   * Writes a finished directory of features.
   *
   * @param n examples
   * @param k numbers of each
   * @param shard examples in one file
   * @param inputs with the checkpoints; the number of examples is added
   */
  static void write(Path folder, int n, int k, int shard, ObjectNode inputs) {
    ObjectNode settings =
        Json.object().put("projection", "sparse:" + k).put("shard_rows", shard).put("seed", 0);
    settings.put("draws", 1);
    settings.put("parameters", "all").put("preconditioner", "none").put("function", "loss");
    inputs.put("examples", n);
    Random random = new Random(1);
    float[] some = new float[1 << 20]; // A Gaussian each would take longer than the measurement.
    Seed.of(1).stream().fillGaussian(some);
    try (RunDirectory run =
        RunDirectory.claim(folder, FeatureStore.KIND, FeatureStore.FORMAT, settings, inputs)) {
      run.write(
          ExampleTable.FILE,
          out ->
              Csv.write(
                  out,
                  ExampleTable.Row.class,
                  IntStream.range(0, n)
                      .mapToObj(i -> new ExampleTable.Row(i, "x" + i, -1, ""))
                      .iterator()));
      for (String member : members(inputs)) {
        for (int from = 0; from < n; from += shard) {
          float[] rows = new float[Math.min(shard, n - from) * k];
          for (int at = 0; at < rows.length; at += k) {
            System.arraycopy(some, random.nextInt(some.length - k), rows, at, k);
          }
          int count = rows.length / k;
          run.write(
              String.format(Locale.ROOT, "%s/shard-%05d.npy", member, from / shard),
              out -> Npy.write(out, rows, count, k));
        }
      }
      run.finish(Json.object());
    }
  }

  private static List<String> members(ObjectNode inputs) {
    return inputs.path("checkpoints").properties().stream().map(Map.Entry::getKey).toList();
  }
}
