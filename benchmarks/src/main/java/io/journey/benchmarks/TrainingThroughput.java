package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.encoding.Encoders;
import io.journey.model.Architecture;
import io.journey.model.Checkpoint;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.run.Json;
import io.journey.run.Memory;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.tensor.Libtorch;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Images a second of {@code journey train}, from the trainer itself: reading, noising, forward and
 * backward pass, Adam. The first two steps of each member are left out.
 *
 * <p>Arguments: config.json of diffusers' {@code UNet2DModel} or {@code UNet2DConditionModel}, data
 * set, batch size, images a pass, steps, members, threads[, an ensemble, whose encoding of the data
 * is trained on]. The training's directory is temporary.
 */
public final class TrainingThroughput {
  private TrainingThroughput() {}

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    DenoiserConfig model = Architecture.read(Json.read(Path.of(args[0])), args[0]);
    Dataset pictures = Datasets.open(args[1]);
    Dataset data =
        args.length > 7 ? Encoders.dataOf(Ensemble.open(Path.of(args[7])), pictures) : pictures;
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[4]);
    int members = Integer.parseInt(args[5]);
    int threads = Integer.parseInt(args[6]);
    int pass = Integer.parseInt(args[3]);
    double rate = measure(model, data, batch, pass, steps, members, threads);
    System.out.printf(
        Locale.ROOT,
        "{\"engine\": \"journey\", \"batch\": %d, \"pass\": %d, \"members\": %d, \"threads\": %d,"
            + " \"images_per_second\": %.2f, \"peak_mib\": %d}%n",
        batch,
        pass,
        members,
        threads,
        rate,
        Memory.peakResidentBytes() >> 20);
  }

  /** The same for a U-Net like a checkpoint's. */
  static double measure(
      Checkpoint like, Dataset data, int batch, int pass, int steps, int members, int threads)
      throws IOException {
    DenoiserConfig model = ((LayeredDenoiser) like.model()).config();
    return measure(model, data, batch, pass, steps, members, threads);
  }

  /** Images a second. */
  static double measure(
      DenoiserConfig model, Dataset data, int batch, int pass, int steps, int members, int threads)
      throws IOException {
    TrainingConfig training = TrainingConfig.of(steps + 2, batch, 1e-4).withMicroBatchSize(pass);
    ConcurrentLinkedQueue<Long> ends = new ConcurrentLinkedQueue<>();
    Progress clock = (task, total, unit) -> units -> ends.add(System.nanoTime());
    Path directory = Files.createTempDirectory("journey-training");
    try (RunContext context = RunContext.of(Libtorch.device(), threads, clock)) {
      new EnsembleTrainer(data, model, training, members, 0, Duration.ofHours(9))
          .run(directory, context);
    } finally {
      TemporaryFolders.delete(directory);
    }
    // Each member reports once at its start and once after every step.
    long[] times = ends.stream().mapToLong(Long::longValue).sorted().toArray();
    int first = 3 * members - 1;
    double seconds = (times[times.length - 1] - times[first]) * 1e-9;
    return (times.length - 1 - first) * (double) batch / seconds;
  }
}
