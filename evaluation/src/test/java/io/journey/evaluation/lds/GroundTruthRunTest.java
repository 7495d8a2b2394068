package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.RandomSubsets;
import io.journey.run.JourneyException;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.scheduler.SchedulerConfig;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models trained on random subsets, and what they say of the targets. */
class GroundTruthRunTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
  private static final TrainingConfig TRAINING = TrainingConfig.of(6, 8, 1e-3);
  private static final int[] STEPS = {200, 600};

  @TempDir static Path shared;
  private static Dataset data;
  private static List<Trajectory> targets;
  private static Ensemble ensemble;
  private static Path targetFile;

  @TempDir Path folder;

  @BeforeAll
  static void draw() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=24");
    ensemble =
        new EnsembleTrainer(data, MODEL, TRAINING, 1, 3, Duration.ofHours(1))
            .run(shared.resolve("checkpoints"), TestContext.of(2));
    try (Checkpoint first = ensemble.first()) {
      Sampler sampler = Sampler.of(first, 5);
      targets = List.of(sampler.sample(Seed.of(1)), sampler.sample(Seed.of(2)));
      targetFile = shared.resolve("targets.safetensors");
      TrajectoryFile.write(targetFile, targets, sampler, 1);
    }
  }

  private static GroundTruthRun run(int count, Path models) {
    return run(count, new TruthMeasure.Loss(4), models);
  }

  private static GroundTruthRun run(int count, TruthMeasure measure, Path models) {
    Retraining retraining =
        new Retraining(
            MODEL,
            TRAINING,
            SchedulerConfig.DEFAULT,
            Retraining.Coupling.COUPLED,
            9,
            Duration.ofHours(1));
    return new GroundTruthRun(
        retraining,
        data,
        targets,
        STEPS,
        new RandomSubsets(data.size(), 0.5, 9),
        count,
        2,
        measure,
        false,
        models);
  }

  @Test
  void subsetsHaveOneSizeAndAreDrawnAlikeWhateverTheirNumber() {
    RandomSubsets random = new RandomSubsets(31, 0.5, 4);
    Set<BitSet> seen = new HashSet<>();
    int[] met = new int[31];
    for (int j = 0; j < 200; j++) {
      BitSet subset = random.subset(j);
      assertThat(subset.cardinality()).isEqualTo(16);
      assertThat(seen.add(subset)).isTrue();
      subset.stream().forEach(i -> met[i]++);
    }
    // 200 draws of probability 16/31: standard deviation 7.
    for (int count : met) {
      assertThat(count).isBetween(103 - 35, 103 + 35);
    }
  }

  @Test
  void measurementsAreTheLossesOfEachModelOnCommonNoise() {
    GroundTruth truth =
        run(2, folder.resolve("models")).run(folder.resolve("truth"), TestContext.of(2));
    Seed noise = Seed.of(9).child("ground-truth").child(1).child(600);
    Ensemble model = Ensemble.open(folder.resolve("models/subset-0001/seed-0"));
    float[] x0 = targets.get(1).x0()[targets.get(1).indexOf(600)];
    try (Checkpoint checkpoint = model.first()) {
      double expected = 0;
      float[] eps = new float[x0.length];
      noise.child(0).stream().fillGaussian(eps);
      for (int sign : new int[] {1, -1}) {
        double alphaBar = checkpoint.schedule().alphaBar(600);
        float[] xt = new float[x0.length];
        for (int i = 0; i < xt.length; i++) {
          xt[i] = (float) (Math.sqrt(alphaBar) * x0[i] + Math.sqrt(1 - alphaBar) * sign * eps[i]);
        }
        float[] predicted = checkpoint.model().predict(xt, 600, Condition.NONE);
        for (int i = 0; i < xt.length; i++) {
          expected += Math.pow(sign * eps[i] - predicted[i], 2) / xt.length / 2;
        }
      }
      GroundTruth one = truth.only(new int[] {0}, new int[] {1});
      assertThat(one.predictable(0, 1, 1)[1]).isEqualTo(-expected, within(1e-5));
      Npy file = Npy.map(folder.resolve("truth").resolve(GroundTruth.MEASUREMENTS));
      assertThat(file.shape()).containsExactly(2, 2, 2, 2, 2); // subsets, seeds, halves, steps, T
      float[] found = new float[1];
      file.read(0b10111, found, 0, 1);
      assertThat((double) found[0]).isEqualTo(expected, within(1e-5));
    }
  }

  @Test
  void picturesAreMeasuredByHowFarTheyMoveWhenAModelDrawsThemAgain() {
    TruthMeasure measure = TruthMeasure.Picture.of(ensemble, targetFile);
    GroundTruth truth =
        run(2, measure, folder.resolve("models")).run(folder.resolve("truth"), TestContext.of(2));
    assertThat(truth.isOfPictures()).isTrue();
    Ensemble model = Ensemble.open(folder.resolve("models/subset-0001/seed-1"));
    try (Checkpoint checkpoint = model.first()) {
      float[] again = Sampler.of(checkpoint, 5).sample(Seed.of(2)).image();
      double squares = 0;
      for (int i = 0; i < again.length; i++) {
        double was = Math.max(-1, Math.min(1, targets.get(1).image()[i]));
        squares += Math.pow(Math.max(-1, Math.min(1, again[i])) - was, 2);
      }
      for (int step = 0; step < STEPS.length; step++) {
        assertThat(truth.predictable(1, step, 1)[1]).isCloseTo(-Math.sqrt(squares), within(1e-5));
      }
    }
    run(2, measure, folder.resolve("models")).run(folder.resolve("other"), TestContext.of(1));
    assertThat(folder.resolve("other").resolve(GroundTruth.MEASUREMENTS))
        .hasSameBinaryContentAs(folder.resolve("truth").resolve(GroundTruth.MEASUREMENTS));
  }

  @Test
  void picturesOfAnotherModelAreRefusedBeforeAnyIsTrained() {
    Ensemble other = Ensemble.open(trained(4).resolve("member-000"));
    GroundTruthRun asked =
        run(2, TruthMeasure.Picture.of(other, targetFile), folder.resolve("models"));
    assertThatThrownBy(() -> asked.run(folder.resolve("truth"), TestContext.of(1)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("name the checkpoint that it was sampled from");
    assertThat(folder.resolve("models")).doesNotExist();
  }

  /** Trains another model. */
  private Path trained(long seed) {
    Path made = folder.resolve("ensemble-" + seed);
    new EnsembleTrainer(data, MODEL, TRAINING, 1, seed, Duration.ofHours(1))
        .run(made, TestContext.of(2));
    return made;
  }

  @Test
  void threadsInterruptionsAndEarlierModelsChangeNoByte() throws IOException {
    run(4, folder.resolve("models")).run(folder.resolve("truth"), TestContext.of(1));
    run(2, folder.resolve("more")).run(folder.resolve("first"), TestContext.of(2));
    run(4, folder.resolve("more")).run(folder.resolve("second"), TestContext.of(2));
    run(2, folder.resolve("models")).run(folder.resolve("grown"), TestContext.of(2));
    Path measured = folder.resolve("grown/measurements/subset-0001/seed-1.npy");
    FileTime then = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(measured, then);
    run(4, folder.resolve("models")).run(folder.resolve("grown"), TestContext.of(2));
    assertThat(Files.getLastModifiedTime(measured)).isEqualTo(then);
    for (String directory : List.of("second", "grown")) {
      for (String file :
          new String[] {GroundTruth.MEASUREMENTS, GroundTruth.SUBSETS, "manifest.json"}) {
        assertThat(Files.readAllBytes(folder.resolve(directory).resolve(file)))
            .as(file)
            .isEqualTo(Files.readAllBytes(folder.resolve("truth").resolve(file)));
      }
    }
    assertThatThrownBy(
            () -> run(2, folder.resolve("models")).run(folder.resolve("truth"), TestContext.of(2)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("subsets");
  }
}
