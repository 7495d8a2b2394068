package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Datasets;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.nn.Parameter;
import io.journey.results.Timesteps;
import io.journey.run.Json;
import io.journey.run.Memory;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.Estimators;
import io.journey.tensor.Libtorch;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The strongest images of made-up features, beside all scores: seconds and peak memory for numbers
 * of images. The features are those of {@code tracin-dot}, of a tiny model; a line of JSON for
 * each.
 *
 * <p>Arguments: N (50000,200000,800000), k, targets, images kept at each end. The features take
 * 4·N·k bytes of a temporary folder.
 */
public final class StrongestCost {
  private static final Timesteps STEPS = Timesteps.of(100, 200, 300, 400, 500, 600, 700, 800, 900);
  private static final int SHARD = 1024;

  private StrongestCost() {}

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    int k = Integer.parseInt(args[1]);
    int targets = Integer.parseInt(args[2]);
    int kept = Integer.parseInt(args[3]);
    Path folder = Files.createTempDirectory("journey-strongest");
    try {
      UNet2DConfig model =
          new UNet2DConfig(8, 1, List.of(8, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
      Ensemble ensemble =
          new EnsembleTrainer(
                  Datasets.open("data/fashion-mnist?size=8&limit=64"),
                  model,
                  TrainingConfig.of(2, 8, 1e-3),
                  1,
                  3,
                  Duration.ofHours(1))
              .run(folder.resolve("checkpoints"), RunContext.of(Libtorch.device()));
      try (Checkpoint checkpoint = ensemble.first()) {
        List<Trajectory> asked =
            Sampler.of(checkpoint, 10).sample(5, targets, RunContext.of(Libtorch.device()));
        for (int n : Arrays.stream(args[0].split(",")).mapToInt(Integer::parseInt).toArray()) {
          Path features = folder.resolve("features");
          MadeUpFeatures.write(features, n, k, SHARD, inputs(ensemble, checkpoint));
          measure(ensemble, features, asked, kept, n, k);
          TemporaryFolders.delete(features);
        }
      }
    } finally {
      TemporaryFolders.delete(folder);
    }
  }

  private static ObjectNode inputs(Ensemble ensemble, Checkpoint checkpoint) {
    ObjectNode inputs = Json.object().put("data", ensemble.dataFingerprint());
    inputs.putObject("checkpoints").put(checkpoint.name(), checkpoint.fingerprint());
    ObjectNode weights = inputs.putObject("weights");
    for (Parameter weight : checkpoint.model().parameters().list()) {
      var shape = weights.putArray(weight.name());
      Arrays.stream(weight.shape()).forEach(side -> shape.add((int) side));
    }
    return inputs;
  }

  private static void measure(
      Ensemble ensemble, Path features, List<Trajectory> asked, int kept, int n, int k) {
    for (boolean all : new boolean[] {false, true}) {
      System.gc();
      Memory.forgetPeak();
      long start = System.nanoTime();
      RunContext context = RunContext.of(Libtorch.device());
      Attributor attributor =
          Attributor.of(ensemble, FeatureStore.open(features))
              .withEstimator(Estimators.named("tracin-dot"))
              .withDraws(1);
      Path out = features.resolveSibling("scores-" + all + "-" + n);
      String failed = "";
      try {
        if (all) {
          attributor.stage(asked, STEPS).run(out, context);
        } else {
          attributor.strongest(asked, STEPS, kept).run(out, context);
        }
      } catch (OutOfMemoryError e) {
        failed = ", out of memory";
      }
      System.out.printf(
          Locale.ROOT,
          "{\"what\": \"%s\", \"examples\": %d, \"k\": %d, \"targets\": %d, \"steps\": 9,"
              + " \"seconds\": %.1f, \"peak_mib\": %d, \"heap_mib\": %d}%n",
          (all ? "all scores" : "strongest " + kept) + failed,
          n,
          k,
          asked.size(),
          (System.nanoTime() - start) * 1e-9,
          Memory.peakResidentBytes() >> 20,
          Runtime.getRuntime().totalMemory() >> 20);
    }
  }
}
