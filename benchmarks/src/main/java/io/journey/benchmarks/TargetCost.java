package io.journey.benchmarks;

import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.results.Timesteps;
import io.journey.run.Memory;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.score.PixelMask;
import io.journey.score.TargetDraws;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Seconds to attribute one new target at ten steps with a finished quickstart: the first time,
 * later ones (other targets), and a patch of a target. All cores, one process.
 *
 * <p>Arguments: folder of the quickstart, rounds.
 */
public final class TargetCost {
  private static final RunContext CONTEXT = RunContext.of(Libtorch.device());

  private TargetCost() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    Path run = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    List<Trajectory> targets = TrajectoryFile.read(run.resolve("targets.safetensors"));
    int[] available = targets.get(0).timesteps().clone();
    Arrays.sort(available);
    int[] ten = new int[10];
    for (int i = 0; i < 10; i++) {
      ten[i] = available[(2 * i + 1) * available.length / 20];
    }
    Attributor estimator =
        Attributor.of(
            Ensemble.open(run.resolve("checkpoints")), FeatureStore.open(run.resolve("features")));
    PixelMask patch = PixelMask.parse("4,4,8,8", targets.get(0).shape());
    double first = seconds(estimator, targets.get(0), ten);
    double[] later = new double[rounds];
    double[] patches = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      Trajectory target = targets.get((round + 1) % targets.size());
      later[round] = seconds(estimator, target, ten);
      patches[round] = seconds(estimator.withMask(patch), target, ten);
    }
    System.out.printf(
        Locale.ROOT,
        "{\"steps\": 10, \"draws\": %d, \"first_seconds\": %.2f, \"later_seconds\": %.2f,"
            + " \"longest_seconds\": %.2f, \"patch_seconds\": %.2f, \"peak_mib\": %d}%n",
        TargetDraws.DEFAULT,
        first,
        Median.of(later),
        Arrays.stream(later).max().orElse(0),
        Median.of(patches),
        Memory.peakResidentBytes() >> 20);
  }

  private static double seconds(Attributor estimator, Trajectory target, int[] steps) {
    long start = System.nanoTime();
    estimator.attribute(target, Timesteps.of(steps), CONTEXT);
    return (System.nanoTime() - start) * 1e-9;
  }
}
