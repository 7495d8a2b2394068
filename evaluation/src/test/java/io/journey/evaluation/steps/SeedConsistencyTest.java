package io.journey.evaluation.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.DType;
import io.journey.condition.Condition;
import io.journey.encoding.Encoders;
import io.journey.evaluation.PictureSpace;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.sampling.Guidance;
import io.journey.sampling.PictureFile;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model, its twin, and one with slightly other weights. */
class SeedConsistencyTest {
  private static final Path MODEL = Path.of("../diffusion/src/test/resources/golden/unet-small");

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Ensemble three;

  @BeforeAll
  static void writeModels() {
    try (Checkpoint model = Checkpoint.read(MODEL)) {
      model.export(shared.resolve("models/a"), DType.F32, Long.MAX_VALUE);
      model.export(shared.resolve("models/b"), DType.F32, Long.MAX_VALUE);
      float[] weights = model.model().parameters().get();
      float[] noise = new float[weights.length];
      Seed.of(1).child("weights").stream().fillGaussian(noise);
      for (int i = 0; i < weights.length; i++) {
        weights[i] += 0.01f * noise[i];
      }
      model.model().parameters().set(weights);
      model.export(shared.resolve("models/c"), DType.F32, Long.MAX_VALUE);
    }
    three = Ensemble.open(CheckpointSpec.of(shared.resolve("models")));
  }

  private static SeedConsistency of(Ensemble ensemble, int count, int pairs) {
    return new SeedConsistency(
        ensemble,
        count,
        5,
        7,
        pairs,
        List.of(PictureSpace.pixels()),
        List.of(Condition.NONE),
        Guidance.NONE,
        Encoders.Opened.NONE);
  }

  @Test
  void aTwinDrawsTheSameAndARelativeNearlySo() throws IOException {
    SeedDistances found = of(three, 3, 9).run(folder, TestContext.of(2)).get("pixels");
    assertThat(found.pairs()).hasSize(3);
    assertThat(found.pairs().get(0).same().mean()).isZero();
    assertThat(found.pairs().get(0).nearest().mean()).isEqualTo(1);
    double relative = found.pairs().get(1).same().mean();
    assertThat(relative).isPositive().isLessThan(found.pairs().get(1).different().mean());
    assertThat(found.pairs().get(2).same().mean()).isCloseTo(relative, within(1e-12));
    List<String> lines = Files.readAllLines(folder.resolve(SeedConsistency.TABLE));
    assertThat(lines).hasSize(1 + 3 + 1);
    assertThat(lines.get(4)).startsWith("pixels,all,all,");
  }

  @Test
  void aPictureIsTheOneThatSampleDraws() {
    of(three, 2, 9).run(folder, TestContext.of(1));
    try (Checkpoint model = three.load("c")) {
      Trajectory drawn = Sampler.of(model, 5).sample(7, 2, TestContext.of(1)).get(1);
      float[][] kept = PictureFile.read(folder.resolve("c.npy"), 2, drawn.shape());
      assertThat(kept[1]).isEqualTo(drawn.image());
    }
  }

  @Test
  void anInterruptedRunDrawsOnlyTheMissingModels() throws IOException {
    SeedConsistency consistency = of(three, 2, 9);
    Progress killer =
        (task, total, unit) -> {
          if (task.endsWith("with c")) {
            throw new IllegalStateException("killed");
          }
          return Progress.Task.SILENT;
        };
    assertThatThrownBy(() -> consistency.run(folder, TestContext.of(1, killer)))
        .hasMessage("killed");
    Progress onlyC =
        (task, total, unit) -> {
          assertThat(task).endsWith("with c");
          return Progress.Task.SILENT;
        };
    consistency.run(folder, TestContext.of(1, onlyC));
    Path whole = shared.resolve("whole");
    consistency.run(whole, TestContext.of(2));
    assertThat(Files.readAllBytes(folder.resolve("manifest.json")))
        .isEqualTo(Files.readAllBytes(whole.resolve("manifest.json")));
  }

  @Test
  void fewerPairsDrawWithFewerModels() {
    of(three, 2, 1).run(folder, TestContext.of(1));
    long drawn = List.of("a", "b", "c").stream().filter(m -> exists(m + ".npy")).count();
    assertThat(drawn).isEqualTo(2);
  }

  private boolean exists(String name) {
    return Files.exists(folder.resolve(name));
  }

  @Test
  void oneModelOrOnePictureIsRefused() {
    Ensemble one = Ensemble.open(CheckpointSpec.of(shared.resolve("models/a")));
    assertThatThrownBy(() -> of(one, 2, 9))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has one model, expected two or more");
    assertThatThrownBy(() -> of(three, 1, 9).run(folder, TestContext.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 2");
  }
}
