package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import io.journey.results.Timesteps;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Refinement.RefinedScores;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are refined, against those that are computed at once. */
class RefinementTest {
  private static final int N = 24;
  private static final int STEP = 300;

  @TempDir static Path shared;

  private static Ensemble ensemble;
  private static List<Trajectory> targets;
  private static FeatureStore whitened;
  private static FeatureStore plain;

  @BeforeAll
  static void makeEverythingOnce() {
    Dataset data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(data, model, TrainingConfig.of(20, 8, 2e-3), 2, 3, Duration.ofHours(1))
            .run(shared.resolve("c"), TestContext.of(2));
    try (Checkpoint checkpoint = ensemble.first()) {
      targets = new ArrayList<>(Sampler.of(checkpoint, 10).sample(5, 2, TestContext.of(1)));
    }
    whitened =
        Featurizer.of(FeaturizerConfig.defaults().withDraws(2), ensemble, data)
            .run(shared.resolve("whitened"), TestContext.of(2));
    // More images than numbers: matrices are decomposed as in practice.
    plain =
        Featurizer.of(
                FeaturizerConfig.defaults(PreconditionerConfig.NONE)
                    .withDraws(2)
                    .withProjection(ProjectionConfig.parse("sparse:16")),
                ensemble,
                data)
            .run(shared.resolve("plain"), TestContext.of(2));
  }

  private static RefinedScores last(Refinement refinement) {
    while (!refinement.isFinished()) {
      assertThat(refinement.advance(() -> false)).isTrue();
    }
    assertThat(refinement.advance(() -> false)).as("nothing is left").isFalse();
    return refinement.answer();
  }

  /** What is shown in the end is what the command line would say. */
  @Test
  void theLastAnswerIsThatOfAnAttribution() {
    PixelMask patch = PixelMask.parse("1,2,4,5", targets.get(0).shape());
    for (FeatureStore features : List.of(whitened, plain)) {
      try (OpenCheckpoints open =
          OpenCheckpoints.open(ensemble, features, targets, TestContext.TWO)) {
        assertThat(open.estimators().get(0).name())
            .isEqualTo(Estimators.defaultFor(features).name());
        for (Estimator estimator : open.estimators()) {
          for (int draws : new int[] {1, 2, 7, 16}) {
            for (PixelMask mask : Arrays.asList(null, patch)) {
              TargetDraws asked = new TargetDraws(draws, 9, mask);
              RefinedScores found = last(open.ask(estimator, targets.get(1), STEP, asked));
              float[] expected =
                  Attributor.of(ensemble, features)
                      .withEstimator(estimator)
                      .withDraws(draws)
                      .withSeed(9)
                      .withMask(mask)
                      .attribute(targets.get(1), Timesteps.of(STEP), TestContext.TWO)
                      .scores(0, 0);
              assertThat(found.isFinished()).isTrue();
              assertThat(found.checkpoints()).isEqualTo(2);
              assertThat(found.scores())
                  .as("%s, %d draws, mask %s", estimator.name(), draws, mask)
                  .containsExactly(expected, within(2e-4f * largest(expected)));
            }
          }
        }
      }
    }
  }

  private static float largest(float[] scores) {
    float largest = 0;
    for (float score : scores) {
      largest = Math.max(largest, Math.abs(score));
    }
    return largest;
  }

  /** Two people ask in turns; neither hears anything of the other. */
  @Test
  void questionsInTurnsAreAnsweredAsAlone() {
    try (OpenCheckpoints open =
        OpenCheckpoints.open(ensemble, whitened, targets, TestContext.TWO)) {
      Estimator estimator = open.estimators().get(0);
      TargetDraws asked = new TargetDraws(16, 0, List.of());
      float[] first = last(open.ask(estimator, targets.get(0), STEP, asked)).scores();
      float[] second = last(open.ask(estimator, targets.get(1), 500, asked)).scores();
      Refinement one = open.ask(estimator, targets.get(0), STEP, asked);
      Refinement other = open.ask(estimator, targets.get(1), 500, asked);
      while (!one.isFinished() || !other.isFinished()) {
        one.advance(() -> false);
        other.advance(() -> false);
      }
      assertThat(one.answer().scores()).containsExactly(first);
      assertThat(other.answer().scores()).containsExactly(second);
    }
  }

  @Test
  void theLastAnswerDoesNotDependOnThreads() {
    List<float[]> found = new ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      try (RunContext context = TestContext.of(threads);
          OpenCheckpoints open = OpenCheckpoints.open(ensemble, whitened, targets, context)) {
        Estimator estimator = open.estimators().get(0);
        TargetDraws asked = new TargetDraws(20, 0, List.of());
        found.add(last(open.ask(estimator, targets.get(0), STEP, asked)).scores());
      }
    }
    assertThat(found.get(1)).containsExactly(found.get(0));
    assertThat(found.get(2)).containsExactly(found.get(0));
  }

  @Test
  void aCancelledRoundLeavesTheAnswerAsItWas() {
    try (OpenCheckpoints open =
        OpenCheckpoints.open(ensemble, whitened, targets, TestContext.TWO)) {
      TargetDraws asked = new TargetDraws(16, 0, List.of());
      Refinement refinement = open.ask(open.estimators().get(0), targets.get(0), STEP, asked);
      assertThat(refinement.advance(() -> true)).isFalse();
      assertThat(refinement.answer()).isNull();
      refinement.advance(() -> false);
      RefinedScores answer = refinement.answer();
      assertThat(answer.draws()).isEqualTo(4);
      assertThat(answer.checkpoints()).isEqualTo(1);
      assertThat(refinement.advance(() -> true)).isFalse();
      assertThat(refinement.answer()).isSameAs(answer);
      float[] finished = last(refinement).scores();
      Refinement again = open.ask(open.estimators().get(0), targets.get(0), STEP, asked);
      assertThat(finished).containsExactly(last(again).scores());
    }
  }

  @Test
  void everyDrawIsInOnePartBesideItsNegative() {
    for (boolean spread : new boolean[] {false, true}) {
      for (int draws = 1; draws < 60; draws++) {
        List<int[]> parts = DrawParts.of(draws, spread);
        assertThat(parts.stream().flatMapToInt(Arrays::stream).sorted().toArray())
            .containsExactly(IntStream.range(0, draws).toArray());
        for (int[] part : parts) {
          List<Integer> numbers = Arrays.stream(part).boxed().toList();
          for (int r : part) {
            assertThat(r % 2 == 1 || r == draws - 1 || numbers.contains(r + 1)).isTrue();
          }
        }
      }
    }
  }

  @Test
  void quickProductsAreTheProductsWrittenOut() {
    for (int k : new int[] {1, 7, 8, 511, 512, 513, 2000}) {
      float[] a = new float[k];
      float[] b = new float[k];
      double expected = 0;
      double size = 0;
      for (int j = 0; j < k; j++) {
        a[j] = (float) Math.sin(j + 1);
        b[j] = (float) Math.cos(3 * j);
        expected += (double) a[j] * b[j];
        size += Math.abs((double) a[j] * b[j]);
      }
      assertThat(QuickProducts.dot(a, b)).isCloseTo(expected, within(1e-6 * size));
    }
  }

  @Test
  void sharedCountsWhatIsAmongTheTenHighestOfBoth() {
    double[] falling = IntStream.range(0, 30).mapToDouble(i -> -i).toArray();
    double[] moved = falling.clone();
    moved[9] = -100;
    moved[0] = -9.5;
    assertThat(Refinement.shared(falling, falling)).isEqualTo(10);
    assertThat(Refinement.shared(falling, moved)).isEqualTo(9);
    double[] rising = IntStream.range(0, 30).mapToDouble(i -> i).toArray();
    assertThat(Refinement.shared(falling, rising)).isZero();
  }
}
