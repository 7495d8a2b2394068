package io.journey.unrolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.PixelMask;
import io.journey.score.TargetDraws;
import io.journey.score.TrainingInfluence;
import io.journey.tensor.Libtorch;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining;
import io.journey.training.TrainingConfig;
import io.journey.training.TrainingReplay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training without an image does, foretold from the training with it. */
class BackwardSweepTest {
  private static final int N = 24;
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  /** Twenty steps of Adam, its ϵ large enough that small gradients move little, and an average. */
  private static final TrainingConfig TRAINING =
      TrainingConfig.of(20, N, 3e-3).withAdamEpsilon(1e-3).withEmaDecay(0.9);

  @TempDir static Path shared;
  private static final Dataset DATA = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
  private static Ensemble ensemble;
  private static Retraining how;
  private static List<DenoisingDraws> questions;
  private static float[][] gradients;

  /** f without each image, less f with all, [n][N]. */
  private static double[][] truth;

  @BeforeAll
  static void train() {
    ensemble =
        new EnsembleTrainer(DATA, MODEL, TRAINING, 1, 3, Duration.ofHours(1))
            .run(shared.resolve("checkpoints"), TestContext.of(2));
    how = Retraining.like(ensemble, Retraining.Coupling.COUPLED);
    questions = new ArrayList<>();
    for (int q = 0; q < 4; q++) {
      float[] image = new float[DATA.shape().numel()];
      DATA.read(5 * q, image, 0);
      questions.add(
          DenoisingDraws.atStep(
              image, Condition.NONE, 150 + 200 * q, Seed.of(4).child("question").child(q), 8));
    }
    double[] all;
    try (Checkpoint checkpoint = ensemble.first()) {
      all = losses(checkpoint);
      gradients = new float[questions.size()][];
      try (GradientRows rows =
              TestContext.parts(
                  parts ->
                      GradientRows.of(
                          GradientMethod.LAYERWISE.create(
                              checkpoint.model(), checkpoint.schedule()),
                          checkpoint.model().parameters(),
                          questions,
                          null,
                          parts));
          PointerScope scope = new PointerScope()) {
        for (int q = 0; q < gradients.length; q++) {
          gradients[q] = Libtorch.floats(rows.rows().select(0, q));
        }
      }
    }
    truth = new double[questions.size()][N];
    for (int i = 0; i < N; i++) {
      BitSet kept = new BitSet(N);
      kept.set(0, N);
      kept.clear(i);
      Ensemble without =
          how.model(DATA, kept, 0).run(shared.resolve("without-" + i), TestContext.of(2));
      try (Checkpoint checkpoint = without.first()) {
        double[] losses = losses(checkpoint);
        for (int q = 0; q < truth.length; q++) {
          truth[q][i] = losses[q] - all[q];
        }
      }
    }
  }

  private static double[] losses(Checkpoint checkpoint) {
    float[] losses = checkpoint.losses(questions);
    double[] out = new double[losses.length];
    for (int q = 0; q < out.length; q++) {
      out[q] = losses[q];
    }
    return out;
  }

  private static double[][] scores(BackwardSweep.Curvature curvature) {
    return TestContext.parts(
        parts -> {
          try (TrainingReplay replay =
              TrainingReplay.of(ensemble, DATA, 0, Progress.Task.SILENT, parts)) {
            return new BackwardSweep(replay, curvature, Seed.of(9).child("probes"), parts)
                .scores(gradients, N, BackwardSweep.Keeping.NOTHING, Progress.Task.SILENT)
                .scores();
          }
        });
  }

  private static double correlation(double[] a, double[] b) {
    return covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
  }

  private static double covariance(double[] a, double[] b) {
    double sum = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i] / a.length;
      ofA += a[i] / a.length;
      ofB += b[i] / b.length;
    }
    return sum - ofA * ofB;
  }

  /** The slope of what came true over what was foretold. */
  private static double slope(double[] truth, double[] scores) {
    return covariance(truth, scores) / covariance(scores, scores);
  }

  @Test
  void withTheHessianItselfScoresAreWhatEachModelWithoutAnImageGainsInItsUnits() {
    double[][] scores = scores(BackwardSweep.Curvature.EXACT);
    for (int q = 0; q < truth.length; q++) {
      assertThat(correlation(scores[q], truth[q])).isGreaterThan(0.95);
      assertThat(slope(truth[q], scores[q])).isCloseTo(1, within(0.15));
    }
  }

  /**
   * f(w) of an image's weight w in the mean of its batches: f'(1) is 3f(1) − 4f(½) + f(0) but for
   * the third derivative, and a score is −f'(1).
   */
  @Test
  void withTheHessianItselfScoresAreFiniteDifferencesByTheWeightOfAnImage() {
    int asked = 8;
    double[][] differences = new double[truth.length][asked];
    double[][] scores = scores(BackwardSweep.Curvature.EXACT);
    double[] all;
    try (Checkpoint checkpoint = ensemble.first()) {
      all = losses(checkpoint);
    }
    BitSet kept = new BitSet(N);
    kept.set(0, N);
    for (int i = 0; i < asked; i++) {
      BitSet halved = new BitSet(N);
      halved.set(i);
      Ensemble half =
          how.model(DATA, kept, halved, 0).run(shared.resolve("half-" + i), TestContext.of(2));
      try (Checkpoint checkpoint = half.first()) {
        double[] losses = losses(checkpoint);
        for (int q = 0; q < truth.length; q++) {
          differences[q][i] = 4 * (losses[q] - all[q]) - truth[q][i];
        }
      }
    }
    for (int q = 0; q < truth.length; q++) {
      double[] some = Arrays.copyOf(scores[q], asked);
      assertThat(correlation(some, differences[q])).isGreaterThan(0.98);
      assertThat(slope(differences[q], some)).isCloseTo(1, within(0.05));
    }
  }

  @Test
  void randomOutputsStandForTheHessianAndMoreOfThemDoBetterThanNoneAtAll() {
    double[][] scores = scores(new BackwardSweep.Curvature(8));
    double[][] without = scores(new BackwardSweep.Curvature(0));
    for (int q = 0; q < truth.length; q++) {
      assertThat(correlation(scores[q], truth[q])).isGreaterThan(0.7);
      assertThat(slope(truth[q], scores[q])).isCloseTo(1, within(0.4));
      assertThat(Math.abs(slope(truth[q], without[q]) - 1))
          .isGreaterThan(Math.abs(slope(truth[q], scores[q]) - 1));
    }
  }

  /** Of four of twenty-four images most steps of two have none. */
  @Test
  void aStepWithoutImagesIsOneThatWasNotTaken() {
    Ensemble fraction =
        new EnsembleTrainer(
                DATA,
                MODEL,
                TrainingConfig.of(12, 2, 2e-3).withFraction(4.0 / N),
                1,
                3,
                Duration.ofHours(1))
            .run(shared.resolve("fraction"), TestContext.of(2));
    TestContext.parts(
        parts -> {
          try (TrainingReplay replay =
              TrainingReplay.of(fraction, DATA, 0, Progress.Task.SILENT, parts)) {
            assertThat(IntStream.range(0, 12).map(s -> replay.examples(s).length)).contains(0);
            for (int outputs : new int[] {0, 1}) {
              double[][] scores =
                  new BackwardSweep(
                          replay,
                          new BackwardSweep.Curvature(outputs),
                          Seed.of(9).child("probes"),
                          parts)
                      .scores(gradients, N, BackwardSweep.Keeping.NOTHING, Progress.Task.SILENT)
                      .scores();
              assertThat(Arrays.stream(scores[0]).allMatch(Double::isFinite)).isTrue();
              assertThat(Arrays.stream(scores[0]).filter(s -> s != 0).count()).isBetween(1L, 4L);
            }
            return null;
          }
        });
  }

  /** Of thirty steps twenty parts are told apart; the one with steps 16 and 17 is interrupted. */
  @Test
  void anInterruptedSweepGoesOnInTheSameBytes() {
    Ensemble longer =
        new EnsembleTrainer(DATA, MODEL, TrainingConfig.of(30, 8, 2e-3), 1, 3, Duration.ofHours(1))
            .run(shared.resolve("longer"), TestContext.of(2));
    Path file = shared.resolve("kept.safetensors");
    BackwardSweep.Keeping keeping = new BackwardSweep.Keeping(file, Duration.ZERO);
    TestContext.parts(
        parts -> {
          try (TrainingReplay replay =
              TrainingReplay.of(longer, DATA, 0, Progress.Task.SILENT, parts)) {
            BackwardSweep sweep =
                new BackwardSweep(
                    replay, new BackwardSweep.Curvature(1), Seed.of(9).child("probes"), parts);
            BackwardSweep.Swept whole =
                sweep.scores(gradients, N, BackwardSweep.Keeping.NOTHING, Progress.Task.SILENT);
            Taken until = new Taken(14);
            assertThatThrownBy(() -> sweep.scores(gradients, N, keeping, until))
                .hasMessage("killed");
            Taken after = new Taken(Integer.MAX_VALUE);
            BackwardSweep.Swept goneOn = sweep.scores(gradients, N, keeping, after);
            assertThat(after.steps).isEqualTo(30 - 13);
            assertThat(goneOn.scores()).isDeepEqualTo(whole.scores());
            assertThat(goneOn.learnt()).isDeepEqualTo(whole.learnt());
            BackwardSweep.Swept read = sweep.scores(gradients, N, keeping, new Taken(0));
            assertThat(read.scores()).as("of a finished one").isDeepEqualTo(whole.scores());
            float[][] three = Arrays.copyOf(gradients, 3);
            assertThatThrownBy(() -> sweep.scores(three, N, keeping, Progress.Task.SILENT))
                .isInstanceOf(JourneyException.class)
                .hasMessageContaining("is not of this attribution: delete it");
            return null;
          }
        });
  }

  /** Counts steps that are taken, not those that were, and kills at one of them. */
  private static final class Taken implements Progress.Task {
    private final int killed;
    private int steps;

    Taken(int killed) {
      this.killed = killed;
    }

    @Override
    public void advance(long units) {
      steps += (int) units;
      if (steps == killed) {
        throw new IllegalStateException("killed");
      }
    }

    @Override
    public void skip(long units) {}
  }

  @Test
  void theHessianHasNoRandomOutputs() {
    assertThatThrownBy(() -> new BackwardSweep.Curvature(true, 4))
        .hasMessageContaining("the Hessian itself has no random outputs, got 4");
  }

  @Test
  void anAttributionHasTheScoresOfTheSweepAndThePartThatIsTheWholeIsTheWhole() {
    List<Trajectory> targets;
    try (Checkpoint first = ensemble.first()) {
      targets = Sampler.of(first, 5).sample(5, 2, TestContext.TWO);
    }
    PixelMask all = PixelMask.parse("0,0,8,8", DATA.shape());
    TrainingInfluence asked =
        TrainingInfluence.of(ensemble, DATA, new BackwardSweep.Curvature(1))
            .withDraws(new TargetDraws(3, 1, Arrays.asList(null, all)));
    Attribution attribution =
        asked
            .stage(targets, Timesteps.of(200, 600))
            .run(shared.resolve("attribution"), TestContext.of(1));
    assertThat(attribution.isChange()).as("random outputs lose its size").isFalse();
    assertThat(attribution.targets()).isEqualTo(4);
    for (int step = 0; step < 2; step++) {
      for (int t = 0; t < 4; t += 2) {
        float[] whole = attribution.scores(step, t);
        float[] part = attribution.scores(step, t + 1);
        for (int i = 0; i < N; i++) {
          assertThat(part[i]).isCloseTo(whole[i], within(1e-7f));
        }
        assertThat(whole).isNotEqualTo(attribution.scores(step, (t + 2) % 4));
      }
    }
    Attribution again =
        asked
            .stage(targets, Timesteps.of(200, 600))
            .run(shared.resolve("again"), TestContext.of(2));
    assertThat(again.manifest().fingerprint()).isEqualTo(attribution.manifest().fingerprint());
    assertThat(shared.resolve("again/scores.npy"))
        .hasSameBinaryContentAs(shared.resolve("attribution/scores.npy"));
    Path killed = shared.resolve("killed");
    TrainingInfluence saved = asked.withSaveInterval(Duration.ZERO);
    // Twenty steps of training, eight questions, and some steps back.
    assertThatThrownBy(
            () ->
                saved
                    .stage(targets, Timesteps.of(200, 600))
                    .run(killed, TestContext.killedAfter(20 + 8 + 5, 1)))
        .hasMessage("killed");
    Path kept = killed.resolve("member-000.question-0.resume.safetensors");
    assertThat(kept).exists();
    saved.stage(targets, Timesteps.of(200, 600)).run(killed, TestContext.of(2));
    assertThat(killed.resolve("scores.npy"))
        .hasSameBinaryContentAs(shared.resolve("attribution/scores.npy"));
    assertThat(kept).doesNotExist();
    Attribution exact =
        TrainingInfluence.of(ensemble, DATA, BackwardSweep.Curvature.EXACT)
            .withDraws(new TargetDraws(2, 1, Arrays.asList((PixelMask) null)))
            .stage(targets.subList(0, 1), Timesteps.of(200))
            .run(shared.resolve("exact"), TestContext.of(2));
    assertThat(exact.isChange()).isTrue();
    float[] one = exact.scores(0, 0);
    float[][] learnt = exact.learnt().orElseThrow();
    for (int i = 0; i < N; i++) {
      double moved = 0;
      for (float part : learnt[i]) {
        moved += part;
      }
      assertThat(moved).isGreaterThanOrEqualTo(Math.abs(one[i]) * (1 - 1e-4));
    }
  }

  /** Six steps are six parts. */
  @Test
  void anImageIsLearntInTheStepsThatMetIt() {
    Ensemble few =
        new EnsembleTrainer(DATA, MODEL, TrainingConfig.of(6, 8, 2e-3), 1, 3, Duration.ofHours(1))
            .run(shared.resolve("few"), TestContext.of(2));
    TestContext.parts(
        parts -> {
          try (TrainingReplay replay =
              TrainingReplay.of(few, DATA, 0, Progress.Task.SILENT, parts)) {
            double[][] learnt =
                new BackwardSweep(
                        replay, new BackwardSweep.Curvature(1), Seed.of(9).child("probes"), parts)
                    .scores(gradients, N, BackwardSweep.Keeping.NOTHING, Progress.Task.SILENT)
                    .learnt();
            int absent = 0;
            for (int step = 0; step < replay.config().steps(); step++) {
              int at = step;
              Set<Integer> met =
                  Arrays.stream(replay.examples(step)).boxed().collect(Collectors.toSet());
              for (int i = 0; i < N; i++) {
                assertThat(learnt[i][at] > 0).isEqualTo(met.contains(i));
                absent += met.contains(i) ? 0 : 1;
              }
            }
            assertThat(absent).isPositive();
            return null;
          }
        });
  }

  @Test
  void otherImagesThanThoseOfTheTrainingAreRefused() {
    Dataset other = Datasets.open("../data/fashion-mnist?size=8&limit=" + (N + 1));
    assertThatThrownBy(() -> TrainingInfluence.of(ensemble, other, BackwardSweep.Curvature.EXACT))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith("name the data of journey train.");
  }
}
