package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
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
import io.journey.results.Timesteps;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Refinement.RefinedScores;
import io.journey.score.ScoringEngine.Request;
import io.journey.statistics.StudentT;
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
    for (int k : new int[] {1, 7, 4095, 4096, 4097, 9000}) {
      float[][] phi = new float[67][k];
      float[][] x = new float[3][k];
      for (int i = 0; i < phi.length; i++) {
        for (int j = 0; j < k; j++) {
          phi[i][j] = (float) Math.sin(i * 31 + j + 1);
        }
      }
      for (int j = 0; j < k; j++) {
        x[0][j] = (float) Math.cos(3 * j);
        x[2][j] = j;
      }
      double[][] found = QuickProducts.of(new ArrayRows(phi), x, TestContext.TWO.workers());
      for (int q = 0; q < x.length; q++) {
        for (int i = 0; i < phi.length; i++) {
          double expected = 0;
          double size = 0;
          for (int j = 0; j < k; j++) {
            expected += (double) phi[i][j] * x[q][j];
            size += Math.abs((double) phi[i][j] * x[q][j]);
          }
          assertThat(found[q][i]).isCloseTo(expected, within(1e-6 * size));
        }
      }
    }
  }

  /** Rows of one byte a number, in shards that end anywhere, as they lie in the mapped files. */
  @Test
  void quickProductsOfStoredFeaturesAreThoseOfTheirRows() {
    for (String dtype : new String[] {"I8", "F16", "F32"}) {
      FeatureStore features =
          Featurizer.of(
                  FeaturizerConfig.defaults(PreconditionerConfig.NONE)
                      .withDraws(2)
                      .withDtype(DType.valueOf(dtype))
                      .withShardRows(7)
                      .withProjection(ProjectionConfig.parse("sparse:40")),
                  ensemble,
                  Datasets.open("../data/fashion-mnist?size=8&limit=" + N))
              .run(shared.resolve("stored-" + dtype), TestContext.of(2));
      FeatureRows rows = FeatureRows.of(features, features.checkpointNames().get(0));
      float[][] x = new float[1][rows.dim()];
      float[][] phi = new float[N][rows.dim()];
      for (int j = 0; j < x[0].length; j++) {
        x[0][j] = (float) Math.cos(j);
      }
      for (int i = 0; i < N; i++) {
        rows.read(i, 0, rows.dim(), phi[i], 0);
      }
      double[] expected = QuickProducts.of(new ArrayRows(phi), x, TestContext.TWO.workers())[0];
      double[] found = QuickProducts.of(rows, x, TestContext.TWO.workers())[0];
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertThat(largest).isPositive();
      assertThat(found).as(dtype).containsExactly(expected, within(1e-5 * largest));
    }
  }

  /** The spread of parts, written out, of a checkpoint whose halves tell what each part says. */
  @Test
  void errorsAreTheSpreadOfThePartsOfTheDraws() {
    Request request = new Request(Estimators.defaultFor(whitened), Damping.DEFAULT);
    ScoringEngine engine = new ScoringEngine(ensemble, whitened, List.of(request), TestContext.TWO);
    try (CheckpointScorer scorer = engine.open(whitened.checkpointNames().get(0))) {
      TargetDraws asked = new TargetDraws(16, 0, List.of()); // parts of 2, 2, 6 and 6 draws
      CheckpointRefinement found = scorer.refine(request, targets.get(0), STEP, asked);
      found.advance(TestContext.TWO.workers(), () -> false);
      assertThat(found.squaredErrors()).as("two parts tell no spread").isNull();
      double[][] first = {found.halves()[0].clone(), found.halves()[1].clone()};
      found.advance(TestContext.TWO.workers(), () -> false);
      assertThat(found.parts()).isEqualTo(4);
      for (int i = 0; i < N; i++) {
        double[] parts = new double[4];
        double spread = 0;
        for (int h = 0; h < 2; h++) {
          parts[h] = first[h][i];
          parts[2 + h] = (8 * found.halves()[h][i] - 2 * parts[h]) / 6;
        }
        double mean = (2 * parts[0] + 2 * parts[1] + 6 * parts[2] + 6 * parts[3]) / 16;
        for (int p = 0; p < 4; p++) {
          spread += (p < 2 ? 2 : 6) * (parts[p] - mean) * (parts[p] - mean);
        }
        double expected = spread / 3 / 16;
        assertThat(found.squaredErrors()[i]).isCloseTo(expected, within(1e-9 + 1e-6 * expected));
      }
    }
  }

  @Test
  void marginsOfAFinishedAnswerAreOverCheckpoints() {
    List<String> names = whitened.checkpointNames();
    Attribution attribution =
        Attributor.of(ensemble, whitened)
            .withDraws(16)
            .stage(List.of(targets.get(0)), Timesteps.of(STEP))
            .run(shared.resolve("attribution"), TestContext.TWO);
    float[][] each = new float[2][N];
    for (int c = 0; c < 2; c++) {
      attribution.checkpointScores(names.get(c)).read(0, each[c], 0, N);
    }
    try (OpenCheckpoints open =
        OpenCheckpoints.open(ensemble, whitened, targets, TestContext.TWO)) {
      TargetDraws asked = new TargetDraws(16, 0, List.of());
      float[] found =
          last(open.ask(open.estimators().get(0), targets.get(0), STEP, asked)).margins();
      for (int i = 0; i < N; i++) {
        // Of two numbers: half of their difference, times t of one degree of freedom.
        double expected = 12.706 * Math.abs(each[0][i] - each[1][i]) / 2;
        double rounding = 12.706 * 2e-4 * Math.max(largest(each[0]), largest(each[1]));
        assertThat((double) found[i]).isCloseTo(expected, within(rounding));
      }
    }
  }

  /** What many more draws say lies within the margins of few draws, for about 95 of 100 images. */
  @Test
  void marginsHoldWhatMoreDrawsSay() {
    Request request = new Request(Estimators.defaultFor(whitened), Damping.DEFAULT);
    ScoringEngine engine = new ScoringEngine(ensemble, whitened, List.of(request), TestContext.TWO);
    try (CheckpointScorer scorer = engine.open(whitened.checkpointNames().get(0))) {
      double[] truth = scores(scorer, request, new TargetDraws(1600, 99, List.of())).scores();
      int held = 0;
      int all = 0;
      for (int seed = 0; seed < 30; seed++) {
        CheckpointRefinement few = scores(scorer, request, new TargetDraws(40, seed, List.of()));
        for (int i = 0; i < N; i++) {
          double margin = StudentT.upper(few.parts() - 1) * Math.sqrt(few.squaredErrors()[i]);
          held += Math.abs(few.scores()[i] - truth[i]) <= margin ? 1 : 0;
          all++;
        }
      }
      assertThat((double) held / all).isBetween(0.9, 0.99);
    }
  }

  private static CheckpointRefinement scores(
      CheckpointScorer scorer, Request request, TargetDraws asked) {
    CheckpointRefinement found = scorer.refine(request, targets.get(0), STEP, asked);
    while (!found.isFinished()) {
      found.advance(TestContext.TWO.workers(), () -> false);
    }
    return found;
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
