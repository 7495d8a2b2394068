package io.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.OutputFunction;
import io.journey.evaluation.lds.GroundTruthRun;
import io.journey.evaluation.lds.MetasmoothnessRun;
import io.journey.evaluation.lds.TruthMeasure;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.results.Timesteps;
import io.journey.results.lds.RandomSubsets;
import io.journey.run.Executor;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.Snapshot;
import io.journey.run.StageFiles;
import io.journey.run.Task;
import io.journey.run.WholeTask;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.PixelMask;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import io.journey.training.TrainingConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every task of the stages that a cluster would run says in bytes all there is to do: sent away as
 * bytes and done by what arrives, it leaves the files that it leaves where it began.
 */
class TasksElsewhereTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  @TempDir Path folder;

  /** Does copies of the tasks, each made from bytes. */
  private static final class Elsewhere implements Executor {
    private final Executor there;
    private int sent; // The calling thread alone sends.

    Elsewhere(Executor there) {
      this.there = there;
    }

    @Override
    public void run(List<? extends Task> tasks, StageFiles files, Progress.Task progress) {
      there.run(tasks.stream().map(this::copy).toList(), files, progress);
    }

    @Override
    public void runWhole(List<? extends WholeTask> tasks, StageFiles files) {
      there.runWhole(tasks.stream().map(this::copy).toList(), files);
    }

    @SuppressWarnings("unchecked") // A copy has the type of its original.
    private <T> T copy(T task) {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
          out.writeObject(task);
        }
        sent++;
        try (ObjectInputStream in =
            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
          return (T) in.readObject();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void tasksSentAsBytesLeaveTheSameFiles() throws IOException {
    Elsewhere elsewhere = new Elsewhere(TestContext.TWO.executor());
    go(folder.resolve("here"), TestContext.TWO);
    go(folder.resolve("there"), TestContext.TWO.withExecutor(elsewhere));
    Map<String, String> here = Snapshot.withoutTimes(folder.resolve("here"));
    assertThat(Snapshot.withoutTimes(folder.resolve("there"))).isEqualTo(here);
    // 2 members; of features 2 checkpoints and 2 × 6 shards, then also 2 fits or 2 residuals; 2
    // scores; 4 models; of metasmoothness the checkpoint and 2 × 2 models.
    assertThat(elsewhere.sent).isEqualTo(2 + (2 + 12 + 2) + (2 + 12 + 2) + 2 + 4 + 5);
    assertThat(here)
        .containsKeys(
            "features/preconditioner/member-001.safetensors", "mean/member-000/residuals.npy");
  }

  private static void go(Path out, RunContext context) {
    Dataset data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
    TrainingConfig training = TrainingConfig.of(6, 8, 2e-3);
    Ensemble ensemble =
        new EnsembleTrainer(data, MODEL, training, 2, 3, Duration.ZERO)
            .run(out.resolve("checkpoints"), context);
    FeaturizerConfig config =
        FeaturizerConfig.defaults()
            .withProjection(ProjectionConfig.parse("sparse:64"))
            .withDraws(2)
            .withShardRows(7);
    FeatureStore features =
        Featurizer.of(config, ensemble, data).run(out.resolve("features"), context);
    Featurizer.of(
            config.withPreconditioner(PreconditionerConfig.NONE).withFunction(OutputFunction.MEAN),
            ensemble,
            data)
        .run(out.resolve("mean"), context);
    List<Trajectory> targets;
    try (Checkpoint first = ensemble.first()) {
      targets = Sampler.of(first, 5).sample(5, 2, TestContext.TWO);
    }
    Attributor.of(ensemble, features)
        .withDraws(2)
        .withMask(PixelMask.parse("0,0,3,3", data.shape()))
        .stage(targets, Timesteps.of(200, 400))
        .run(out.resolve("attribution"), context);
    new GroundTruthRun(
            Retraining.like(ensemble, Coupling.COUPLED),
            data,
            targets,
            new int[] {200, 400},
            new RandomSubsets(data.size(), 0.5, 9),
            2,
            2,
            new TruthMeasure.Loss(2),
            false,
            out.resolve("models"))
        .run(out.resolve("truth"), context);
    new MetasmoothnessRun(
            ensemble,
            Retraining.besides(ensemble, Coupling.COUPLED),
            data,
            targets,
            new int[] {200, 400},
            2,
            2,
            9)
        .run(out.resolve("metasmoothness"), context);
  }
}
