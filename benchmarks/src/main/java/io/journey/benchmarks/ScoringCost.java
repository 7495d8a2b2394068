package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.features.FeatureStore;
import io.journey.random.Seed;
import io.journey.run.Json;
import io.journey.run.Memory;
import io.journey.run.RunContext;
import io.journey.score.Damping;
import io.journey.score.Estimators;
import io.journey.score.FeatureRows;
import io.journey.score.TrainingFeatures;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Scores from made-up features on disk: seconds and peak memory of Journey-TRAK; of a second
 * question while the features are open, with the same damping and with another; and of relative
 * influence, which solves for every example. All cores.
 *
 * <p>Arguments: N (1000,10000), k, targets. The features take 4·N·k bytes of a temporary folder.
 */
public final class ScoringCost {
  private static final int SHARD = 64;
  private static final String MEMBER = "member-000";

  private ScoringCost() {}

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    int k = Integer.parseInt(args[1]);
    int targets = Integer.parseInt(args[2]);
    for (int n : Arrays.stream(args[0].split(",")).mapToInt(Integer::parseInt).toArray()) {
      Path folder = Files.createTempDirectory("journey-scoring");
      try {
        measure(folder, n, k, targets);
      } finally {
        TemporaryFolders.delete(folder);
      }
    }
  }

  private static void measure(Path folder, int n, int k, int targets) {
    write(folder, n, k);
    float[][] right = new float[targets][k];
    for (int q = 0; q < targets; q++) {
      Seed.of(2).child(q).stream().fillGaussian(right[q]);
    }
    System.gc();
    Memory.forgetPeak();
    long start = System.nanoTime();
    try (TrainingFeatures features = open(folder)) {
      score(features, "journey-trak", right, 0.1);
      double first = (System.nanoTime() - start) * 1e-9;
      long peak = Memory.peakResidentBytes() >> 20;
      System.out.printf(
          Locale.ROOT,
          "{\"examples\": %d, \"k\": %d, \"targets\": %d, \"first_seconds\": %.2f, \"peak_mib\": %d",
          n,
          k,
          targets,
          first,
          peak);
      System.out.flush(); // The rest takes as long again.
      System.out.printf(
          Locale.ROOT,
          ", \"again_seconds\": %.2f, \"other_damping_seconds\": %.2f}%n",
          score(features, "journey-trak", right, 0.1),
          score(features, "journey-trak", right, 1));
    }
    System.out.printf(
        Locale.ROOT,
        "{\"examples\": %d, \"k\": %d, \"targets\": %d, \"relative_influence_seconds\": %.2f}%n",
        n,
        k,
        targets,
        relative(folder, right));
  }

  private static TrainingFeatures open(Path folder) {
    FeatureRows rows = FeatureRows.of(FeatureStore.open(folder), MEMBER);
    return new TrainingFeatures(rows, null, RunContext.of(Libtorch.device()));
  }

  /** Seconds of one question. */
  private static double score(
      TrainingFeatures features, String estimator, float[][] targets, double damping) {
    long start = System.nanoTime();
    Estimators.named(estimator)
        .prepare(features, new Damping(damping))
        .scores(features.targets(targets));
    return (System.nanoTime() - start) * 1e-9;
  }

  /** From opening the features, with their checksums, to the scores. */
  private static double relative(Path folder, float[][] targets) {
    long start = System.nanoTime();
    try (TrainingFeatures features = open(folder)) {
      score(features, "relative-influence", targets, 0.1);
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  private static void write(Path folder, int n, int k) {
    ObjectNode inputs = Json.object();
    inputs.putObject("checkpoints").put(MEMBER, "");
    MadeUpFeatures.write(folder, n, k, SHARD, inputs);
  }
}
