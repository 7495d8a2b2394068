package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.tensor.Libtorch;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Makes a run of many made-up images for the explorer: stripes of 8×8 pixels in ten classes, a
 * small model hardly trained, features of all, four targets. {@code ExploreLatency DIR 30} and
 * {@code journey explore DIR} open it.
 *
 * <p>Arguments: folder, images.
 */
public final class ManyImages {
  private static final int SIDE = 8;
  private static final int CLASSES = 10;

  private ManyImages() {}

  /** Makes the run. */
  public static void main(String[] args) throws IOException {
    Path run = Path.of(args[0]);
    write(Files.createDirectories(run.resolve("scenes")), Integer.parseInt(args[1]));
    Dataset data = Datasets.open(run.resolve("scenes").toString(), Progress.SILENT);
    UNet2DConfig model =
        new UNet2DConfig(SIDE, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    try (RunContext context = RunContext.of(Libtorch.device())) {
      Ensemble ensemble =
          new EnsembleTrainer(
                  data, model, TrainingConfig.of(50, 64, 2e-3), 1, 3, Duration.ofHours(1))
              .run(run.resolve("pipeline"), context);
      try (Checkpoint checkpoint = ensemble.first()) {
        new SamplingRun(Sampler.of(checkpoint, 50), 5, 4)
            .run(run.resolve("targets.safetensors"), context);
      }
      Featurizer.of(FeaturizerConfig.defaults().withDraws(2).withShardRows(4096), ensemble, data)
          .run(run.resolve("features"), context);
    }
  }

  private static void write(Path folder, int count) throws IOException {
    RandomStream random = Seed.of(50).child("stripes").stream();
    try (DataOutputStream images = open(folder.resolve("train-images-idx3-ubyte"));
        DataOutputStream labels = open(folder.resolve("train-labels-idx1-ubyte"))) {
      for (int number : new int[] {0x803, count, SIDE, SIDE}) {
        images.writeInt(number);
      }
      labels.writeInt(0x801);
      labels.writeInt(count);
      for (int n = 0; n < count; n++) {
        int kind = random.nextInt(CLASSES);
        int shift = random.nextInt(SIDE);
        int noise = 1 + random.nextInt(60);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
          int stripe = (pixel % SIDE * (kind % 4) + pixel / SIDE * (1 + kind / 4) + shift) % SIDE;
          images.writeByte(stripe * 24 + random.nextInt(noise));
        }
        labels.writeByte(kind);
      }
    }
  }

  private static DataOutputStream open(Path file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
  }
}
