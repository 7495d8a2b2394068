package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.run.Memory;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How the whole of {@code journey featurize} grows: one worker and two, images doubled, draws
 * doubled, the four in turn. Prints medians of seconds and ratios.
 *
 * <p>Arguments: checkpoints, data, images N, draws R, rounds. N and 2N images are taken.
 */
public final class FeatureScaling {
  private FeatureScaling() {}

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    Ensemble ensemble = Ensemble.open(CheckpointSpec.parse(args[0]));
    int images = Integer.parseInt(args[2]);
    int draws = Integer.parseInt(args[3]);
    int rounds = Integer.parseInt(args[4]);
    String limit = args[1] + (args[1].contains("?") ? "&" : "?") + "limit=";
    Dataset some = Datasets.open(limit + images);
    Dataset twice = Datasets.open(limit + 2 * images);
    double[][] seconds = new double[4][rounds];
    long[] peaks = new long[4];
    for (int round = -1; round < rounds; round++) { // the first warms up
      int at = Math.max(round, 0);
      measure(ensemble, some, draws, 1, seconds[0], peaks, 0, at);
      measure(ensemble, some, draws, 2, seconds[1], peaks, 1, at);
      measure(ensemble, twice, draws, 2, seconds[2], peaks, 2, at);
      measure(ensemble, some, 2 * draws, 2, seconds[3], peaks, 3, at);
    }
    double[] median = new double[4];
    for (int i = 0; i < 4; i++) {
      median[i] = Median.of(seconds[i]);
    }
    System.out.printf(
        Locale.ROOT,
        "{\"images\": %d, \"draws\": %d, \"checkpoints\": %d, \"seconds_1_worker\": %.2f,"
            + " \"seconds_2_workers\": %.2f, \"seconds_2_workers_images_doubled\": %.2f,"
            + " \"seconds_2_workers_draws_doubled\": %.2f, \"two_workers\": %.2f,"
            + " \"images_doubled\": %.2f, \"draws_doubled\": %.2f, \"peak_mib\": %s}%n",
        images,
        draws,
        ensemble.checkpointNames().size(),
        median[0],
        median[1],
        median[2],
        median[3],
        median[0] / median[1],
        median[2] / median[1],
        median[3] / median[1],
        Arrays.toString(peaks));
  }

  private static void measure(
      Ensemble ensemble,
      Dataset data,
      int draws,
      int threads,
      double[] seconds,
      long[] peaks,
      int which,
      int round)
      throws IOException {
    Path folder = Files.createTempDirectory("journey-features");
    Memory.forgetPeak();
    long start = System.nanoTime();
    FeaturizerConfig config = FeaturizerConfig.defaults(PreconditionerConfig.NONE).withDraws(draws);
    try (RunContext context = RunContext.of(Libtorch.device(), threads, Progress.SILENT)) {
      Featurizer.of(config, ensemble, data).run(folder, context);
    }
    seconds[round] = (System.nanoTime() - start) * 1e-9;
    peaks[which] = Math.max(peaks[which], Memory.peakResidentBytes() >> 20);
    TemporaryFolders.delete(folder);
  }
}
