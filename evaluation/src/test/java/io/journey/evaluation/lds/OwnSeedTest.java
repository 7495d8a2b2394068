package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.results.lds.Ceiling;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Lds;
import io.journey.results.lds.LeaveOneOut;
import io.journey.results.lds.Prediction;
import io.journey.results.lds.RandomSubsets;
import io.journey.results.lds.Subsets;
import io.journey.run.JourneyException;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that share all randomness with the checkpoint that is attributed. */
class OwnSeedTest {
  private static final int N = 16;
  private static final int[] STEPS = {200, 600};
  private static final int TARGETS = 4;

  /** Adam whose ε is larger than gradients are: gradient descent at a tenth. */
  private static final TrainingConfig TRAINING = TrainingConfig.of(12, N, 0.1).withAdamEpsilon(1);

  @TempDir static Path shared;
  private static Dataset data;
  private static Ensemble ensemble;
  private static List<Trajectory> targets;
  private static Path targetFile;
  private static GroundTruth leftOut;
  private static GroundTruth halves;

  @BeforeAll
  static void train() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(data, model, TRAINING, 1, 3, Duration.ofHours(1))
            .run(shared.resolve("checkpoints"), TestContext.of(2));
    targetFile = shared.resolve("targets.safetensors");
    try (Checkpoint first = ensemble.first()) {
      Sampler sampler = Sampler.of(first, 5);
      targets = sampler.sample(5, TARGETS, TestContext.of(2));
      TrajectoryFile.write(targetFile, targets, sampler, 5);
    }
    leftOut = truth("left-out", new LeaveOneOut(N), N, new TruthMeasure.Loss(4));
    halves = truth("halves", new RandomSubsets(N, 0.5, 9), 10, new TruthMeasure.Loss(4));
  }

  private static GroundTruth truth(String name, Subsets subsets, int count, TruthMeasure measure) {
    return new GroundTruthRun(
            Retraining.like(ensemble, Retraining.Coupling.COUPLED),
            data,
            targets,
            STEPS,
            subsets,
            count,
            1,
            measure,
            true,
            shared.resolve("models-" + (subsets instanceof LeaveOneOut)))
        .run(shared.resolve(name), TestContext.of(2));
  }

  private static BaselinePredictions baselines(GroundTruth truth) {
    return new BaselinePredictions(truth, data, targets, LatentCodec.IDENTITY);
  }

  /** Twelve steps of gradient descent on whole batches are close to linear in their images. */
  @Test
  void whatEachImageDoesAloneAddsUpToWhatHalvesDoSignIncluded() {
    Prediction told = baselines(halves).leaveOneOut(leftOut);
    Lds lds = Lds.of(halves, List.of(told, baselines(halves).random()));
    assertThat(lds.overall(0).value()).isGreaterThan(0.95);
    assertThat(lds.overall(1).value()).isLessThan(0.5);
  }

  @Test
  void anImageCountsByTheModelThatNeverMetIt() {
    try (Checkpoint without =
        Ensemble.open(shared.resolve("models-true/subset-0007/seed-0")).first()) {
      float[] scores = leftOut.leftOut(1, 2);
      double mean = 0;
      for (float score : scores) {
        mean += score / (double) N;
      }
      assertThat(mean).isCloseTo(0, within(1e-7));
      float[] again =
          new TruthMeasure.Loss(4)
              .of(without, targets, STEPS, Seed.of(3).child("ground-truth"), null);
      int cell = STEPS.length * TARGETS;
      int at = TARGETS + 2;
      double loss = (again[at] + again[cell + at]) / 2.0;
      double[] all = leftOut.predictable(1, 2);
      double expected = loss;
      for (double minus : all) {
        expected += minus / N;
      }
      assertThat((double) scores[7]).isCloseTo(expected, within(1e-6));
      assertThat(Math.abs(expected)).isGreaterThan(1e-5);
    }
  }

  @Test
  void ofOneOwnSeedTheDrawsAreTheOnlyNoise() {
    assertThat(Ceiling.of(halves).agreement()).isEqualTo(Ceiling.of(halves).draws());
    TruthMeasure picture = TruthMeasure.Picture.of(ensemble, targetFile);
    GroundTruth pictures = truth("pictures", new RandomSubsets(N, 0.5, 9), 10, picture);
    Ceiling none = Ceiling.of(pictures);
    assertThat(none.agreement().get(0).value()).isCloseTo(1, within(1e-12));
    assertThat(none.canRank(0)).isTrue();
  }

  @Test
  void aTruthOfHalvesIsNoOracle() {
    assertThatThrownBy(() -> baselines(halves).leaveOneOut(halves))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith("make it with --leave-one-out.");
  }
}
