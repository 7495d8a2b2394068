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
import io.journey.projection.ProjectionConfig;
import io.journey.results.Attribution;
import io.journey.results.AttributionAgreement;
import io.journey.results.Timesteps;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.ScoringEngine.Scored;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores that are plain products, of the default features, against the products written out. */
class ProductsTest {
  private static final int N = 24;
  private static final int[] STEPS = {100, 300, 500};
  private static final TargetDraws DRAWS = new TargetDraws(2, 0, List.of());
  private static final FeaturizerConfig CONFIG = FeaturizerConfig.defaults().withDraws(2);

  @TempDir static Path shared;

  private static Dataset data;
  private static Ensemble ensemble;
  private static List<Trajectory> targets;
  private static FeatureStore narrow;

  @BeforeAll
  static void makeEverythingOnce() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(data, model, TrainingConfig.of(20, 8, 2e-3), 2, 3, Duration.ofHours(1))
            .run(shared.resolve("c"), TestContext.of(2));
    try (Checkpoint checkpoint = ensemble.first()) {
      targets = new ArrayList<>(Sampler.of(checkpoint, 10).sample(5, 3, TestContext.of(1)));
    }
    narrow = run("sparse:200", "narrow");
  }

  private static FeatureStore run(String projection, String name) {
    return Featurizer.of(CONFIG.withProjection(ProjectionConfig.parse(projection)), ensemble, data)
        .run(shared.resolve(name), TestContext.of(2));
  }

  private static Attributor attributor(FeatureStore features) {
    return Attributor.of(ensemble, features).withDraws(2);
  }

  private static Scored[] scored(String member, int together) {
    Scored[] out = new Scored[STEPS.length * targets.size()];
    try (CheckpointScorer scorer = attributor(narrow).engine(TestContext.TWO).open(member)) {
      scorer.score(
          targets, STEPS, DRAWS, together, (request, query, scored) -> out[query] = scored);
    }
    return out;
  }

  @Test
  void targetsTakenOneByOneHaveTheScoresOfAllTogether() {
    for (String member : narrow.checkpointNames()) {
      Scored[] all = scored(member, 3);
      for (int together = 1; together <= 2; together++) {
        Scored[] parts = scored(member, together);
        for (int q = 0; q < all.length; q++) {
          float largest = 0;
          for (float score : all[q].scores()) {
            largest = Math.max(largest, Math.abs(score));
          }
          // Sums of products in an order that depends on how many there are, rounded to float32.
          Offset<Float> rounding = within(1e-5f * largest);
          assertThat(parts[q].scores()).containsExactly(all[q].scores(), rounding);
          assertThat(parts[q].even()).containsExactly(all[q].even(), rounding);
          assertThat(parts[q].measurement()).isEqualTo(all[q].measurement());
        }
      }
    }
  }

  /** A second question to an open checkpoint, of one target at one step, is answered alike. */
  @Test
  void anOpenCheckpointAnswersAgain() {
    Scored[] all = scored("member-000", 3);
    try (CheckpointScorer scorer = attributor(narrow).engine(TestContext.TWO).open("member-000")) {
      for (int step = 0; step < STEPS.length; step++) {
        int s = step;
        scorer.score(
            targets.subList(1, 2),
            new int[] {STEPS[s]},
            DRAWS,
            (request, query, scored) -> {
              float[] expected = all[s * targets.size() + 1].scores();
              for (int i = 0; i < N; i++) {
                assertThat(scored.scores()[i])
                    .isCloseTo(expected[i], within(1e-4f * Math.abs(expected[0])));
              }
            });
      }
    }
  }

  @Test
  void scoresAndTheirHalvesAreTheProductsWrittenOut() {
    String member = "member-001";
    float[][] query;
    try (TargetGradients gradients =
        TargetGradients.open(ensemble, narrow, member, TestContext.of(1))) {
      query = gradients.of(FeatureRequirement.Target.AT_STEP, targets, 0, STEPS, DRAWS).features();
    }
    Scored[] found = scored(member, 2);
    float[] row = new float[200];
    for (int i = 0; i < N; i++) {
      narrow.read(member, i, 0, 200, row, 0);
      for (int q = 0; q < query.length; q++) {
        double[] sums = new double[2];
        double size = 0;
        for (int j = 0; j < 200; j++) {
          sums[j % 2] += (double) row[j] * query[q][j];
          size += Math.abs((double) row[j] * query[q][j]);
        }
        assertThat((double) found[q].scores()[i])
            .as("query %d, image %d", q, i)
            .isCloseTo(sums[0] + sums[1], within(1e-6 * size));
        assertThat((double) found[q].even()[i]).isCloseTo(sums[0], within(1e-6 * size));
      }
    }
  }

  @Test
  void anAttributionKeepsBothHalves() {
    Attribution written =
        attributor(narrow)
            .stage(targets, Timesteps.of(STEPS))
            .run(shared.resolve("a"), TestContext.TWO);
    List<Attribution> halves = written.halves().orElseThrow();
    float[] whole = written.scores(1, 2);
    float[] even = halves.get(0).scores(1, 2);
    float[] odd = halves.get(1).scores(1, 2);
    for (int i = 0; i < N; i++) {
      assertThat(even[i] + odd[i]).isCloseTo(whole[i], within(1e-6f * Math.abs(even[i])));
    }
    assertThat(AttributionAgreement.ofProjections(written)).isPresent();
  }

  /** With as many places as coordinates nothing is left to chance. */
  @Test
  void aWideProjectionIsNone() {
    FeatureStore wide = run("sparse:65536", "wide");
    FeatureStore none = run("none", "none");
    int p = none.dim("member-000");
    assertThat(p).isLessThan(65_536);
    assertThat(wide.dim("member-000")).isEqualTo(p);
    float[] a = new float[p];
    float[] b = new float[p];
    wide.read("member-000", 7, 0, p, a, 0);
    none.read("member-000", 7, 0, p, b, 0);
    float largest = 0;
    for (float value : b) {
      largest = Math.max(largest, Math.abs(value));
    }
    // Where steps are drawn is measured through the projection: only as alike as that leaves them.
    assertThat(a).containsExactly(b, within(1e-3f * largest));
    Attribution written =
        attributor(wide)
            .stage(targets, Timesteps.of(STEPS))
            .run(shared.resolve("wide-a"), TestContext.TWO);
    assertThat(written.halves()).isEmpty();
  }
}
