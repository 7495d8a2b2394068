package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import io.journey.diffusion.DrawScheme;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.tensor.TestContext;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A TorchScript program with {@code num_class_embeds} goes the whole way. */
class ProgramWithClassesTest {
  /** 2×8×8, three classes (tools/golden/make_checkpoints.py). */
  private static final CheckpointSpec PROGRAM =
      CheckpointSpec.parse(
          "torchscript:../base/src/test/resources/golden/checkpoints/torchscript/model.pt");

  private static final FeaturizerConfig FEATURES =
      FeaturizerConfig.defaults()
          .withPreconditioner(PreconditionerConfig.NONE)
          .withProjection(ProjectionConfig.parse("none"))
          .withSampling(DrawScheme.INDEPENDENT)
          .withDraws(2);

  @TempDir Path folder;

  private static MemoryDataset images(int... labels) {
    MemoryDataset data = new MemoryDataset(2, 8, 8).classes("cat", "dog", "owl", "elk");
    for (int i = 0; i < labels.length; i++) {
      float[] image = new float[128];
      Seed.of(3).child(i).stream().fillGaussian(image);
      data.add(
          "image-" + i,
          labels[i] < 0 ? Condition.NONE : new Condition.ClassLabel(labels[i]),
          image);
    }
    return data;
  }

  private FeatureStore featurize(MemoryDataset data, String name) {
    return Featurizer.of(FEATURES, Ensemble.open(PROGRAM), data)
        .run(folder.resolve(name), TestContext.of(2));
  }

  @Test
  void itIsDrawnFeaturizedAndAttributedByClass() {
    Path file = folder.resolve("targets.safetensors");
    try (Checkpoint program = Checkpoint.read(PROGRAM, ScalarType.Float)) {
      Sampler sampler = Sampler.of(program, 5);
      new SamplingRun(
              sampler, 7, 3, List.of(new Condition.ClassLabel(2), new Condition.ClassLabel(0)))
          .run(file, TestContext.of(1));
      assertThatThrownBy(() -> new SamplingRun(sampler, 7, 3, List.of(new Condition.ClassLabel(3))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("labels must be 0 to 2, got 3");
    }
    List<Trajectory> targets = TrajectoryFile.read(file);
    assertThat(targets)
        .extracting(Trajectory::condition)
        .containsExactly(
            new Condition.ClassLabel(2), new Condition.ClassLabel(0), new Condition.ClassLabel(2));
    FeatureStore features = featurize(images(0, 1, 2, 0), "features");
    Attribution scores =
        Attributor.of(Ensemble.open(PROGRAM), features)
            .withDraws(2)
            .stage(targets, Timesteps.of(200, 400))
            .run(folder.resolve("scores"), TestContext.TWO);
    assertThat(scores.scores(0, 0)).hasSize(4).doesNotContain(0f);
    // The same images under other classes push otherwise: the class reaches the gradient.
    FeatureStore others = featurize(images(1, 1, 2, 0), "others");
    assertThat(row(others, 0)).isNotEqualTo(row(features, 0));
    assertThat(row(others, 1)).isEqualTo(row(features, 1));
  }

  private static float[] row(FeatureStore features, int example) {
    String member = features.checkpointNames().get(0);
    float[] row = new float[features.dim(member)];
    features.read(member, example, 0, row.length, row, 0);
    return row;
  }

  @Test
  void imagesOfOtherClassesAreRefusedBeforeAnyWork() {
    assertThatThrownBy(() -> featurize(images(0, 3), "features"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("takes images of the classes 0 to 2")
        .hasMessageContaining("has class 3 (elk)");
    assertThatThrownBy(() -> featurize(images(0, -1), "features"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("of the data has none: name data whose images have classes");
    assertThat(folder).isEmptyDirectory();
  }
}
