package io.journey.evaluation.removal;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.embedding.Embedder;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.results.Attribution;
import io.journey.results.NamedAttribution;
import io.journey.results.Timesteps;
import io.journey.sampling.Sampler;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining.Coupling;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Two models of 40 garments of 8×8, three drawings by the first, and two attributions of them. */
public final class RemovalSetting {
  static final int STEP = 400;
  public static final int INFERENCE_STEPS = 10;

  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  public final Dataset data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
  public final Ensemble ensemble;
  public final TrajectoryFile targets;
  final List<NamedAttribution> estimators;

  /** Trains, draws and attributes in a folder. */
  public RemovalSetting(Path folder) {
    ensemble =
        new EnsembleTrainer(data, MODEL, TrainingConfig.of(6, 10, 5e-3), 2, 3, Duration.ofHours(1))
            .run(folder.resolve("checkpoints"), TestContext.of(2));
    Path file = folder.resolve("targets.safetensors");
    try (Checkpoint first = ensemble.first()) {
      Sampler sampler = Sampler.of(first, INFERENCE_STEPS);
      TrajectoryFile.write(file, sampler.sample(5, 3, TestContext.of(2)), sampler, 5);
    }
    targets = TrajectoryFile.open(file);
    FeaturizerConfig config =
        FeaturizerConfig.defaults(PreconditionerConfig.NONE)
            .withProjection(ProjectionConfig.parse("sparse:64"))
            .withDraws(1);
    FeatureStore features =
        Featurizer.of(config, ensemble, data).run(folder.resolve("features"), TestContext.of(2));
    estimators =
        List.of(
            attribute(features, 0, folder.resolve("one")),
            attribute(features, 1, folder.resolve("two")));
  }

  private NamedAttribution attribute(FeatureStore features, long seed, Path directory) {
    Attributor.of(ensemble, features)
        .withDraws(1)
        .withSeed(seed)
        .stage(targets.read(new int[] {STEP, 300}), Timesteps.of(300, STEP))
        .run(directory, TestContext.TWO);
    return new NamedAttribution(directory.getFileName().toString(), Attribution.open(directory));
  }

  /** A study of the first two targets with one attribution. */
  RemovalStudy study(Coupling coupling, Path models, int... removed) {
    return study(config(coupling, removed), models);
  }

  RemovalStudy study(RemovalConfig config, Path models) {
    return new RemovalStudy(ensemble, data, targets, estimators.subList(0, 1), config, models);
  }

  static RemovalConfig config(Coupling coupling, int... removed) {
    List<Integer> ks = java.util.Arrays.stream(removed).boxed().toList();
    return new RemovalConfig(STEP, ks, 2, coupling, 1, 1, 1, false, 7);
  }

  /** The ℓ2 distance of two pictures, cut off at [−1, 1]. */
  public static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) Math.max(-1, Math.min(1, a[i])) - Math.max(-1, Math.min(1, b[i]));
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  /** The pixels themselves. */
  record Pixels() implements Embedder {
    @Override
    public String name() {
      return "pixels";
    }

    @Override
    public String fingerprint() {
      return "p1";
    }

    @Override
    public int dim() {
      return 64;
    }

    @Override
    public float[][] embed(List<float[]> images, ImageShape shape) {
      return images.stream().map(float[]::clone).toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }
}
