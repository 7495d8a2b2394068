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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static TrainingReplay replay(Ensemble ensemble, int member) {
    return replay(ensemble, member, Long.MAX_VALUE);
  }

  private static TrainingReplay replay(Ensemble ensemble, int member, long bytes) {
    return TestContext.parts(
        parts -> TrainingReplay.of(ensemble, DATA, member, bytes, Progress.Task.SILENT, parts));
  }

  /**
   * Without room for states steps are taken in segments of four: both ends of them, and the first
   * and last step.
   */
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE})
  void aStepBeginsWithTheWeightsThatAShorterTrainingEndsWith(long bytes) {
    TrainingConfig whole = TrainingConfig.of(STEPS, 8, 3e-3);
    Ensemble ensemble = trained("whole", whole, 3);
    try (TrainingReplay replay = replay(ensemble, 1, bytes)) {
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
  void aMemberTrainedOnAPartOfTheImagesIsReplayedOnThatPart() {
    TrainingConfig half = TrainingConfig.of(STEPS, 8, 3e-3).withFraction(0.5);
    Ensemble ensemble = trained("halves", half, 3);
    List<BitSet> met = new ArrayList<>();
    for (int member = 0; member < 2; member++) {
      try (TrainingReplay replay = replay(ensemble, member)) {
        BitSet of = new BitSet();
        for (int step = 0; step < STEPS; step++) {
          Arrays.stream(replay.examples(step)).forEach(of::set);
        }
        met.add(of);
      }
    }
    assertThat(met.get(0).cardinality()).isEqualTo(10);
    assertThat(met.get(1).cardinality()).isEqualTo(10);
    assertThat(met.get(0)).isNotEqualTo(met.get(1));
    Ensemble whole = trained("whole", TrainingConfig.of(STEPS, 8, 3e-3), 3);
    // Coupled: what a model on the same half becomes that starts as the member did.
    Retraining how = Retraining.like(ensemble, Retraining.Coupling.COUPLED);
    assertThat(how).isEqualTo(Retraining.like(whole, Retraining.Coupling.COUPLED));
    try (Checkpoint member = ensemble.load("member-001");
        Checkpoint again =
            how.model(DATA, met.get(1), 1)
                .run(folder.resolve("again"), TestContext.of(2))
                .first()) {
      assertThat(again.model().parameters().get()).isEqualTo(member.model().parameters().get());
    }
    assertThatThrownBy(() -> Retraining.besides(ensemble, Retraining.Coupling.COUPLED))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("were each trained on 0.5 of the images");
  }
}
