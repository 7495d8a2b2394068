package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.DType;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.results.Attribution;
import io.journey.results.Influence;
import io.journey.results.Strongest;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.run.Snapshot;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The truth are all scores, sorted. Three blocks of 150 images, the last one not full. */
class StrongestTest {
  private static final int N = 150;
  private static final int KEPT = 70; // more than the last block has
  private static final Timesteps STEPS = Timesteps.of(100, 300);
  private static final FeaturizerConfig FEATURES =
      FeaturizerConfig.defaults().withProjection(ProjectionConfig.parse("sparse:48")).withDraws(2);

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Ensemble ensemble;
  private static FeatureStore preconditioned;
  private static FeatureStore plain;
  private static List<Trajectory> targets;

  @BeforeAll
  static void makeEverythingOnce() {
    Dataset data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 4), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(data, model, TrainingConfig.of(10, 8, 2e-3), 2, 3, Duration.ofHours(1))
            .run(shared.resolve("c"), TestContext.TWO);
    preconditioned =
        Featurizer.of(FEATURES, ensemble, data).run(shared.resolve("f"), TestContext.TWO);
    plain =
        Featurizer.of(
                FEATURES.withPreconditioner(PreconditionerConfig.NONE).withDtype(DType.F32),
                ensemble,
                data)
            .run(shared.resolve("p"), TestContext.TWO);
    try (Checkpoint checkpoint = ensemble.first()) {
      targets = Sampler.of(checkpoint, 10).sample(5, 2, TestContext.TWO);
    }
  }

  private static Attributor asking(FeatureStore features) {
    return Attributor.of(ensemble, features).withDraws(2);
  }

  private static StrongestStage stage(Attributor attributor, int kept) {
    return new StrongestStage(
        attributor, (AttributionStage) attributor.stage(targets, STEPS), kept, 64);
  }

  @Test
  void theyAreTheFirstAndLastOfAllScores() {
    for (Attributor attributor :
        List.of(
            asking(preconditioned),
            asking(plain),
            asking(plain).withEstimator(Estimators.named("trak")),
            asking(plain).withEstimator(Estimators.named("tracin-dot")))) {
      String name = attributor.settings(new int[0], null).toString();
      Attribution all = attributor.attribute(targets, STEPS, TestContext.TWO);
      Strongest found =
          stage(attributor, KEPT).run(folder.resolve("" + name.hashCode()), TestContext.of(3));
      assertThat(found.steps()).containsExactly(100, 300);
      assertThat(found.targets()).isEqualTo(2);
      for (int target = 0; target < 2; target++) {
        for (int t : found.steps()) {
          List<Influence> top = new ArrayList<>(all.at(t, target).top(KEPT));
          top.removeIf(one -> one.score() <= 0);
          assertThat(found.top(t, target)).as(name).isEqualTo(top);
          List<Influence> bottom = new ArrayList<>(all.at(t, target).bottom(KEPT));
          bottom.removeIf(one -> one.score() >= 0);
          assertThat(found.bottom(t, target)).as(name).isEqualTo(bottom);
          float[] scores = all.at(t, target).values();
          double mean = 0;
          double square = 0;
          for (float score : scores) {
            mean += (double) score / N;
            square += (double) score * score / N;
          }
          double deviation = Math.sqrt(square - mean * mean);
          Strongest.Spread spread = found.spread(t, target);
          assertThat(spread.mean()).isCloseTo(mean, within(1e-9 * deviation));
          assertThat(spread.deviation()).isCloseTo(deviation, within(1e-9 * deviation));
        }
      }
    }
  }

  /** All images at each end: each has its place at one of them, by the sign of its score. */
  @Test
  void noImageIsAtBothEnds() {
    Strongest found = stage(asking(plain), N).run(folder.resolve("all"), TestContext.TWO);
    for (int t : found.steps()) {
      List<Influence> both = new ArrayList<>(found.top(t, 0));
      both.addAll(found.bottom(t, 0));
      assertThat(both.stream().map(Influence::index).distinct().count()).isEqualTo(both.size());
      assertThat(both).hasSize(N);
      assertThat(found.top(t, 0)).allMatch(one -> one.score() > 0);
    }
  }

  @Test
  void killedAnywhereTheyEndInTheSameBytes() throws IOException {
    StrongestStage stage = stage(asking(preconditioned), 5);
    stage.run(folder.resolve("whole"), TestContext.of(1));
    for (long advances : new long[] {1, 2, 3}) {
      assertThatThrownBy(
              () -> stage.run(folder.resolve("parts"), TestContext.killedAfter(advances, 1)))
          .hasMessage("killed");
    }
    stage.run(folder.resolve("parts"), TestContext.of(2));
    assertThat(Snapshot.withoutTimes(folder.resolve("parts")))
        .isEqualTo(Snapshot.withoutTimes(folder.resolve("whole")));
  }

  @Test
  void whatHasNoProductsOrTooFewImagesIsRefused() {
    assertThatThrownBy(
            () ->
                stage(asking(plain).withEstimator(Estimators.named("tracin-cosine")), 5)
                    .run(folder.resolve("c"), TestContext.TWO))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("The scores by tracin-cosine are no products of features");
    assertThatThrownBy(() -> asking(plain).strongest(targets, STEPS, 0))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("at least one of the strongest images is kept, got 0");
    assertThatThrownBy(() -> asking(plain).strongest(targets, STEPS, N + 1))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("strongest 151 asks for more than there are, 150 training images");
  }
}
