package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.tensor.TestContext;
import io.journey.training.Retraining.Coupling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models trained on a part of the data, as the whole ensemble was. */
class RetrainingTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
  private static final TrainingConfig TRAINING = TrainingConfig.of(12, 10, 1e-3);

  private static Dataset data;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
  }

  private static BitSet all() {
    BitSet all = new BitSet();
    all.set(0, data.size());
    return all;
  }

  private static BitSet without(int... examples) {
    BitSet kept = all();
    Arrays.stream(examples).forEach(kept::clear);
    return kept;
  }

  private Ensemble ensemble() {
    return new EnsembleTrainer(data, MODEL, TRAINING, 2, 3, Duration.ofHours(1))
        .run(folder.resolve("ensemble"), TestContext.of(2));
  }

  private float[] retrain(Retraining how, BitSet kept, int member, String name) {
    Ensemble trained = how.model(data, kept, member).run(folder.resolve(name), TestContext.TWO);
    return weights(trained, "member-000");
  }

  private static float[] weights(Ensemble ensemble, String member) {
    try (Checkpoint checkpoint = ensemble.load(member)) {
      return checkpoint.model().parameters().get();
    }
  }

  @Test
  void trainedOnEverythingACoupledModelIsTheMemberOfTheEnsemble() {
    Ensemble ensemble = ensemble();
    Retraining how = Retraining.like(ensemble, Coupling.COUPLED);
    assertThat(retrain(how, all(), 1, "again")).isEqualTo(weights(ensemble, "member-001"));
    assertThat(retrain(how, without(4), 1, "other")).isNotEqualTo(weights(ensemble, "member-001"));
  }

  @Test
  void independentModelsShareNothingWithTheEnsembleOrEachOther() {
    Ensemble ensemble = ensemble();
    Retraining how = Retraining.like(ensemble, Coupling.INDEPENDENT);
    float[] first = retrain(how, without(4), 0, "first");
    assertThat(retrain(how, without(4), 0, "same")).isEqualTo(first);
    // A coupled model starts beside the member: after 12 steps most weights still lie close by.
    float[] member = weights(ensemble, "member-000");
    float[] coupled =
        retrain(Retraining.like(ensemble, Coupling.COUPLED), without(4), 0, "coupled");
    assertThat(distance(coupled, member)).isLessThan(0.1 * distance(first, member));
    float[] second = retrain(how, without(5), 0, "second");
    assertThat(distance(second, first)).isGreaterThan(10 * distance(coupled, member));
  }

  /**
   * Where Adam divides by a constant, one step of a rate this low moves weights in proportion to
   * the gradient: an image of weight ½ of n does (½/(n − ½))/(1/(n − 1)) of what leaving it out
   * does.
   */
  @Test
  void anImageThatCountsHalfDoesHalfOfWhatLeavingItOutDoes() {
    TrainingConfig one = TRAINING.withSteps(1).withBatchSize(40).withEmaDecay(0);
    TrainingConfig plain = one.withAdamEpsilon(1e6).withLearningRate(100);
    Ensemble ensemble =
        new EnsembleTrainer(data, MODEL, plain, 1, 3, Duration.ofHours(1))
            .run(folder.resolve("one step"), TestContext.of(2));
    Retraining how = Retraining.like(ensemble, Coupling.COUPLED);
    float[] whole = weights(ensemble, "member-000");
    float[] out = retrain(how, without(7), 0, "out");
    BitSet seven = new BitSet();
    seven.set(7);
    float[] half =
        weights(
            how.model(data, all(), seven, 0).run(folder.resolve("half"), TestContext.TWO),
            "member-000");
    double expected = (0.5 / 39.5) / (1.0 / 39);
    assertThat(distance(out, whole)).isPositive();
    assertThat(distance(half, whole) / distance(out, whole)).isCloseTo(expected, within(0.01));
    float[] allHalf =
        weights(
            how.model(data, all(), all(), 0).run(folder.resolve("all"), TestContext.TWO),
            "member-000");
    assertThat(distance(allHalf, whole)).isLessThan(0.01 * distance(out, whole));
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @Test
  void batchesWithoutSomeImagesAreThoseOfAllMinusThese() {
    NoiseSchedule schedule = NoiseSchedule.ddpm();
    Seed seed = Seed.of(5);
    BitSet kept = without(0, 7, 8, 39);
    TrainingBatches whole =
        new TrainingBatches(
            data, TrainedImages.of(null), TRAINING, schedule, seed, OptionalInt.empty());
    TrainingBatches part =
        new TrainingBatches(
            data, TrainedImages.of(kept), TRAINING, schedule, seed, OptionalInt.empty());
    int met = 0;
    for (int step = 0; step < TRAINING.steps(); step++) {
      List<DenoisingDraws> expected = new ArrayList<>(whole.batch(step));
      expected.removeIf(draw -> !kept.get(exampleOf(draw)));
      List<DenoisingDraws> found = part.batch(step);
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).image()).isEqualTo(expected.get(i).image());
        assertThat(found.get(i).noise()).isEqualTo(expected.get(i).noise());
        assertThat(found.get(i).timesteps()).isEqualTo(expected.get(i).timesteps());
      }
      met += found.size();
    }
    assertThat(met).as("12 steps of 10 are three epochs of 40").isEqualTo(3 * kept.cardinality());
  }

  @Test
  void droppedClassesChangeNothingElseOfABatch() {
    NoiseSchedule schedule = NoiseSchedule.ddpm();
    TrainingConfig dropping = TRAINING.withSteps(60).withDropClasses(0.3);
    TrainingBatches plain =
        new TrainingBatches(
            data, TrainedImages.of(null), TRAINING, schedule, Seed.of(5), OptionalInt.empty());
    TrainingBatches dropped =
        new TrainingBatches(
            data, TrainedImages.of(null), dropping, schedule, Seed.of(5), OptionalInt.of(10));
    Condition none = new Condition.ClassLabel(10);
    int count = 0;
    int met = 0;
    for (int step = 0; step < dropping.steps(); step++) {
      List<DenoisingDraws> expected = plain.batch(step);
      List<DenoisingDraws> found = dropped.batch(step);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).image()).isEqualTo(expected.get(i).image());
        assertThat(found.get(i).noise()).isEqualTo(expected.get(i).noise());
        assertThat(found.get(i).timesteps()).isEqualTo(expected.get(i).timesteps());
        assertThat(found.get(i).condition(0)).isIn(none, expected.get(i).condition(0));
        count += found.get(i).condition(0).equals(none) ? 1 : 0;
        met++;
      }
    }
    // 600 draws with probability 0.3: five standard deviations.
    assertThat(met).isEqualTo(600);
    assertThat((double) count).isCloseTo(180, within(5 * Math.sqrt(600 * 0.3 * 0.7)));
  }

  private static int exampleOf(DenoisingDraws draw) {
    float[] image = new float[data.shape().numel()];
    for (int i = 0; i < data.size(); i++) {
      data.read(i, image, 0);
      if (Arrays.equals(image, draw.image())) {
        return i;
      }
    }
    throw new AssertionError("an image that is not in the data");
  }

  @Test
  void aModelOfUnknownTrainingIsRefused() {
    Ensemble ensemble = ensemble();
    Ensemble foreign = Ensemble.open(ensemble.directory().resolve("member-000"));
    assertThatThrownBy(() -> Retraining.like(foreign, Coupling.COUPLED))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("does not say how it was trained");
    Retraining how = Retraining.like(ensemble, Coupling.COUPLED);
    assertThatThrownBy(() -> retrain(how, new BitSet(), 0, "nothing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and 40");
  }

  /** Trained on with everything, it is the checkpoint that train --from makes. */
  @Test
  void trainingOnwardIsWhatTrainingOnFromTheCheckpointIs() {
    ensemble();
    CheckpointSpec from = CheckpointSpec.of(folder.resolve("ensemble/member-000"));
    Retraining onward = Retraining.onward(from, 5, 2e-3);
    assertThat(onward.isOnward()).isTrue();
    EnsembleTrainer trainer =
        new EnsembleTrainer(
            data,
            MODEL,
            onward.training(),
            1,
            onward.seed(),
            Duration.ofHours(1),
            onward.scheduler(),
            StartingPoint.of(from));
    float[] expected = weights(trainer.run(folder.resolve("on"), TestContext.TWO), "member-000");
    float[] all = retrain(onward, all(), 0, "onward-all");
    assertThat(all).containsExactly(expected);
    float[] less = retrain(onward, without(3, 4), 0, "onward-less");
    float[] other = retrain(onward, all(), 1, "onward-other");
    float[] start = weights(Ensemble.open(folder.resolve("ensemble")), "member-000");
    // Without two of forty images, coupled, it stays nearer than with other random numbers.
    assertThat(distance(all, less)).isPositive().isLessThan(distance(all, other));
    assertThat(distance(all, start)).isPositive();
  }
}
