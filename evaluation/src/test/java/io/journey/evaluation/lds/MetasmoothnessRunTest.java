package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.results.EvaluationResult;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetasmoothnessRunTest {
  private static final int N = 16;
  private static final int[] STEPS = {200, 600};
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  @TempDir static Path folder;
  private static Dataset data;

  @BeforeAll
  static void open() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
  }

  private static EvaluationResult run(TrainingConfig training, String name) {
    return run(training, name, 4, "out");
  }

  private static EvaluationResult run(
      TrainingConfig training, String name, int images, String out) {
    Path place = folder.resolve(name);
    Ensemble ensemble =
        new EnsembleTrainer(data, MODEL, training, 1, 3, Duration.ofHours(1))
            .run(place.resolve("checkpoints"), TestContext.of(2));
    List<Trajectory> targets;
    try (Checkpoint first = ensemble.first()) {
      targets = Sampler.of(first, 5).sample(5, 4, TestContext.of(2));
    }
    return new MetasmoothnessRun(
            ensemble,
            Retraining.besides(ensemble, Retraining.Coupling.COUPLED),
            data,
            targets,
            STEPS,
            images,
            4,
            1)
        .run(place.resolve(out), TestContext.of(2));
  }

  private static double overall(String name) throws IOException {
    List<String> lines =
        Files.readAllLines(folder.resolve(name).resolve("out").resolve(MetasmoothnessRun.TABLE));
    assertThat(lines.get(0)).isEqualTo("timestep,metasmoothness,standard_error,correlation");
    assertThat(lines.get(3)).startsWith("all,");
    return Double.parseDouble(lines.get(3).split(",")[1]);
  }

  /** Twelve small steps of gradient descent have slopes; a hundred large ones of Adam do not. */
  @Test
  void gradientDescentIsSmoothAndLargeStepsOfAdamAreNot() throws IOException {
    EvaluationResult smooth = run(TrainingConfig.of(12, N, 0.1).withAdamEpsilon(1), "smooth");
    assertThat(overall("smooth")).isGreaterThan(0.9);
    assertThat(smooth.warnings()).isEmpty();
    EvaluationResult rough = run(TrainingConfig.of(100, 4, 0.1).withEmaDecay(0), "rough");
    assertThat(overall("rough")).isLessThan(0.5);
    assertThat(rough.warnings()).singleElement().asString().contains("is chaotic");
  }

  @Test
  void moreImagesAreAddedToThoseThatWereAsked() throws IOException {
    TrainingConfig training = TrainingConfig.of(4, N, 0.01);
    run(training, "growing", 3, "at-once");
    run(training, "growing", 2, "grown");
    run(training, "growing", 3, "grown");
    for (String file : List.of(MetasmoothnessRun.TABLE, "manifest.json")) {
      assertThat(folder.resolve("growing/grown").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("growing/at-once").resolve(file));
    }
  }
}
