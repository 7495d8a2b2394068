package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.journey.results.lds.FakeGroundTruth;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Prediction;
import io.journey.run.JourneyException;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.Estimators;
import io.journey.score.FeatureRequirement;
import io.journey.score.Scorer;
import io.journey.score.ScoringEngine;
import io.journey.score.TrainingFeatures;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What LDS certifies is what {@code journey attribute} writes. */
class EstimatorPredictionsTest {
  private static final int N = 20;
  private static final int[] STEPS = {100, 300};
  private static final double[] DAMPINGS = {0.01, 1};

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Dataset data;
  private static Ensemble ensemble;
  private static List<Trajectory> targets;
  private static GroundTruth truth;
  private static final Map<String, FeatureStore> FEATURES = new HashMap<>();
  private static final Map<String, List<Prediction>> JUDGED = new HashMap<>();

  @BeforeAll
  static void makeEverythingOnce() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(data, model, TrainingConfig.of(20, 8, 2e-3), 2, 3, Duration.ofHours(1))
            .run(shared.resolve("c"), TestContext.of(2));
    try (Checkpoint checkpoint = ensemble.first()) {
      targets = Sampler.of(checkpoint, 10).sample(5, 3, TestContext.of(1));
    }
    // Subsets of one image: what is predicted for them are the scores themselves.
    List<BitSet> single =
        IntStream.range(0, N).mapToObj(i -> BitSet.valueOf(new long[] {1L << i})).toList();
    truth =
        GroundTruth.open(
            FakeGroundTruth.write(
                shared.resolve("truth"), N, single, 1, STEPS, 3, (j, seed, half, s, t) -> j));
  }

  /** Features that an estimator needs, long (dual) for one half of estimators, short for others. */
  private static FeatureStore features(FeatureRequirement needs, int dim) {
    return FEATURES.computeIfAbsent(
        needs.options() + dim,
        name -> {
          PreconditionerConfig curvature =
              needs.preconditioner() == PreconditionerConfig.Kind.NONE
                  ? PreconditionerConfig.NONE
                  : PreconditionerConfig.DEFAULT;
          FeaturizerConfig config =
              FeaturizerConfig.defaults(curvature)
                  .withFunction(needs.function())
                  .withProjection(ProjectionConfig.parse("sparse:" + dim))
                  .withDraws(2);
          return Featurizer.of(config, ensemble, data)
              .run(shared.resolve("f" + FEATURES.size()), TestContext.TWO);
        });
  }

  /** All estimators together, as evaluate lds asks. */
  private static List<Prediction> judged(FeatureStore features, String name) {
    return JUDGED.computeIfAbsent(
        name,
        n ->
            new EstimatorPredictions(ensemble, targets, truth, 2, DAMPINGS, TestContext.TWO)
                .predict(Estimators.all(), features, ""));
  }

  static Stream<Estimator> estimators() {
    return Estimators.all().stream();
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void ldsJudgesTheBitsThatAttributeWrites(Estimator estimator) {
    FeatureRequirement needs = estimator.needs();
    for (int dim : new int[] {8, 64}) {
      FeatureStore features = features(needs, dim);
      Prediction judged =
          judged(features, needs.options() + dim).stream()
              .filter(p -> p.name().equals(estimator.name()))
              .findFirst()
              .orElseThrow();
      for (int d = 0; d < judged.sums().length; d++) {
        Attribution written =
            Attributor.of(ensemble, features)
                .withEstimator(estimator)
                .withDamping(DAMPINGS[d])
                .withDraws(2)
                .stage(targets, Timesteps.of(STEPS))
                .run(folder.resolve(dim + "-" + d), TestContext.of(1));
        for (int s = 0; s < STEPS.length; s++) {
          for (int t = 0; t < targets.size(); t++) {
            double[] scores = truth.predictions(written.scores(s, t));
            assertThat(scores).doesNotContain(0);
            assertThat(judged.sums()[d][s][t])
                .as("k %d, damping %d, step %d, target %d", dim, d, s, t)
                .isEqualTo(scores);
          }
        }
      }
    }
  }

  /** Root mean squared errors of each image, as the model's own losses tell them. */
  @Test
  void featuresOfMeansHoldTheErrorsOfTrainingImages() {
    FeatureStore features = features(Estimators.named("das-linear").needs(), 8);
    double[] residuals = features.residuals("member-001");
    assertThat(residuals).hasSize(N);
    for (double residual : residuals) {
      // An untrained denoiser of unit noise errs by about 1.
      assertThat(residual).isBetween(0.2, 2.0);
    }
    assertThat(residuals[3]).isNotEqualTo(features.residuals("member-000")[3]);
    assertThat(features(Estimators.named("d-trak").needs(), 8).hasResiduals()).isFalse();
  }

  /** Such as of another program that needs the errors beside gradients of the loss. */
  private static final class Greedy implements Estimator {
    @Override
    public String name() {
      return "greedy";
    }

    @Override
    public FeatureRequirement needs() {
      return Estimators.named("trak").needs().withResiduals(true);
    }

    @Override
    public Scorer prepare(TrainingFeatures features, Damping damping) {
      throw new AssertionError("must have been refused");
    }
  }

  @Test
  void featuresWithoutTheErrorsGetOneSentence() {
    FeatureStore features = features(Estimators.named("trak").needs(), 8);
    ScoringEngine.Request request = new ScoringEngine.Request(new Greedy(), Damping.DEFAULT);
    assertThatThrownBy(() -> ScoringEngine.requirePossible(features, List.of(request)))
        .isInstanceOf(JourneyException.class)
        .hasMessage(
            "greedy needs the residuals of training images, which "
                + features.manifest().directory()
                + " lacks: featurize with --function mean.");
  }
}
