package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A run of a small model of garments: 24 images, 2 checkpoints, 2 targets of 10 steps. */
final class TinyRun {
  static final int IMAGES = 24;
  static final int SIDE = 8;

  private TinyRun() {}

  /** Makes a run in a folder, as a quickstart leaves it. */
  static ExplorerSources in(Path folder) {
    Dataset data = Datasets.open("../data/fashion-mnist?size=" + SIDE + "&limit=" + IMAGES);
    UNet2DConfig model =
        new UNet2DConfig(SIDE, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    Path checkpoints = folder.resolve("checkpoints");
    Ensemble ensemble =
        new EnsembleTrainer(data, model, TrainingConfig.of(20, 8, 2e-3), 2, 3, Duration.ofHours(1))
            .run(checkpoints, TestContext.TWO);
    Path targets = folder.resolve("targets.safetensors");
    try (Checkpoint checkpoint = ensemble.first()) {
      new SamplingRun(Sampler.of(checkpoint, 10), 5, 2).run(targets, TestContext.TWO);
    }
    Featurizer.of(FeaturizerConfig.defaults().withDraws(2), ensemble, data)
        .run(folder.resolve("features"), TestContext.TWO);
    return new ExplorerSources(
        "tiny", CheckpointSpec.of(checkpoints), folder.resolve("features"), targets, data);
  }
}
