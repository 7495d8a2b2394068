package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.tensor.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that is gone back through. */
class TrainingReplayTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
  private static final int STEPS = 10;

  private static final Dataset DATA = Datasets.open("../data/fashion-mnist?size=8&limit=20");

  @TempDir Path folder;

  private Ensemble trained(String name, TrainingConfig config, long seed) {
    return new EnsembleTrainer(DATA, MODEL, config, 2, seed, Duration.ofHours(1))
        .run(folder.resolve(name), TestContext.of(2));
  }

  private static TrainingReplay replay(Retraining how, Ensemble ensemble, int member) {
    return TestContext.parts(
        parts -> TrainingReplay.of(how, ensemble, DATA, member, Progress.Task.SILENT, parts));
  }

  /** Steps are taken in segments of four: both ends of them, and the first and last step. */
  @Test
  void aStepBeginsWithTheWeightsThatAShorterTrainingEndsWith() {
    TrainingConfig whole = TrainingConfig.of(STEPS, 8, 3e-3);
    Ensemble ensemble = trained("whole", whole, 3);
    Retraining how = Retraining.like(ensemble, Retraining.Coupling.COUPLED);
    try (TrainingReplay replay = replay(how, ensemble, 1)) {
      for (int step : new int[] {9, 8, 7, 4, 3, 1}) {
        float[] begun = TestContext.parts(parts -> replay.goBefore(step, parts)).weights();
        TrainingConfig some = TrainingConfig.of(step, 8, 3e-3).withLearningRateSteps(STEPS);
        try (Checkpoint shorter = trained("of-" + step, some, 3).load("member-001")) {
          assertThat(begun).isEqualTo(shorter.model().parameters().get());
          assertThat(replay.model().parameters().get()).isEqualTo(begun);
        }
        assertThat(replay.examples(step)).hasSize(replay.batch(step).size());
        float[] image = new float[DATA.shape().numel()];
        DATA.read(replay.examples(step)[3], image, 0);
        assertThat(replay.batch(step).get(3).image()).isEqualTo(image);
      }
    }
  }

  @Test
  void anEnsembleOfAnotherSeedIsRefused() {
    TrainingConfig config = TrainingConfig.of(STEPS, 8, 3e-3);
    Ensemble ensemble = trained("one", config, 3);
    Retraining other = Retraining.like(ensemble, Retraining.Coupling.COUPLED).withSeed(4);
    assertThatThrownBy(() -> replay(other, ensemble, 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("again ends in other weights");
  }
}
