package io.journey.evaluation.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.evaluation.removal.RemovalTable.Line;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.Workers;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.scheduler.DdpmScheduler;
import io.journey.tensor.Libtorch;
import io.journey.tensor.TestContext;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distances of p(·|x_t) by models trained without some garments. */
class RetrainCheckTest {
  private static final int SAMPLES = 30;
  private static final int DELTA = 200;

  @TempDir static Path shared;

  private static RemovalSetting setting;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    setting = new RemovalSetting(shared);
  }

  private static RetrainCheck check(RemovalStudy study) {
    return new RetrainCheck(study, DELTA, SAMPLES, new RemovalSetting.Pixels());
  }

  private static List<Line> lines(RemovalTable table, String source, int k) {
    return table.lines().stream().filter(l -> l.source().equals(source) && l.k() == k).toList();
  }

  @Test
  void removingNothingChangesNothingAndOtherSeedsOrNoiseDo() {
    RemovalStudy study = setting.study(Coupling.COUPLED, null, 0, 20);
    RemovalTable table = check(study).run(folder.resolve("out"), TestContext.of(2));
    for (String source : List.of("one", Removal.RANDOM)) {
      assertThat(lines(table, source, 0))
          .hasSize(2)
          .allSatisfy(
              l -> {
                assertThat(l.value()).isZero();
                assertThat(l.increase()).isZero();
              });
      assertThat(lines(table, source, 20)).allSatisfy(l -> assertThat(l.value()).isPositive());
    }
    assertThat(lines(table, RemovalTable.OTHER_SEED, 0))
        .hasSize(2)
        .allSatisfy(l -> assertThat(l.value()).isPositive());
    assertThat(lines(table, RemovalTable.REFERENCE, 0))
        .hasSize(2)
        .allSatisfy(l -> assertThat(l.value()).isPositive());
  }

  /** Everything again without a batch, a study or a shared file. */
  @Test
  void theDistanceIsThatOfModelsTrainedAndPicturesDrawnOneByOne() {
    int k = 12;
    RemovalStudy study = setting.study(Coupling.INDEPENDENT, null, k);
    RemovalTable table = check(study).run(folder.resolve("out"), TestContext.of(2));
    Trajectory target =
        setting.targets.read(new int[] {RemovalSetting.STEP}).get(1); // of the second target
    float[] scores = setting.estimators.get(0).attribution().at(RemovalSetting.STEP, 1).values();
    BitSet kept = new BitSet();
    IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .skip(k)
        .forEach(kept::set);
    try (Checkpoint original = setting.ensemble.first();
        Checkpoint other = setting.ensemble.load("member-001");
        Checkpoint without = train(kept)) {
      float[][] expected = draw(original, original, target);
      double value = FrechetDistance.between(expected, draw(original, without, target)).value();
      double baseline = FrechetDistance.between(expected, draw(original, other, target)).value();
      Line line = lines(table, "one", k).get(1);
      assertThat(line.target()).isEqualTo(1);
      // Batches round otherwise: a few parts in a million of numbers near one.
      assertThat(line.value()).isCloseTo(value, within(1e-3 * value));
      assertThat(line.baseline()).isCloseTo(baseline, within(1e-3 * baseline));
    }
  }

  private Checkpoint train(BitSet kept) {
    Retraining how = Retraining.like(setting.ensemble, Coupling.INDEPENDENT);
    return how.model(setting.data, kept, 0).run(folder.resolve("by-hand"), TestContext.TWO).first();
  }

  private static float[][] draw(Checkpoint original, Checkpoint inside, Trajectory target) {
    Sampler outer = Sampler.of(original, RemovalSetting.INFERENCE_STEPS);
    Sampler inner = Sampler.of(inside, RemovalSetting.INFERENCE_STEPS);
    float[][] pictures = new float[SAMPLES][];
    for (int n = 0; n < SAMPLES; n++) {
      float[] x = target.xt()[0];
      for (int t : List.of(400, 300, 200, 100, 0)) {
        Sampler sampler = t == 400 || t == 300 ? inner : outer;
        int index = Trajectory.indexOf(sampler.timesteps(), t);
        float[] output = sampler.checkpoint().model().predict(x, t, Condition.NONE);
        float[] noise = new float[x.length];
        Seed.of(7)
            .child("window")
            .child("SHARED")
            .child(target.seed())
            .child(RemovalSetting.STEP)
            .child(n)
            .child("step")
            .child(t)
            .stream()
            .fillGaussian(noise);
        x =
            new DdpmScheduler()
                .steps(NoiseSchedule.ddpm(), RemovalSetting.INFERENCE_STEPS)
                .begin(index)
                .step(index, x, output, noise);
      }
      for (int i = 0; i < x.length; i++) {
        x[i] = Math.max(-1, Math.min(1, x[i]));
      }
      pictures[n] = x;
    }
    return pictures;
  }

  @Test
  void theOtherModelIsAskedFromStepTDownToAboveTMinusDelta() {
    ImageShape pixel = new ImageShape(1, 1, 1);
    Set<Integer> asked = Collections.synchronizedSet(new TreeSet<>());
    Checkpoint original =
        new Checkpoint("zero", new ClosedFormDenoiser(pixel, 0, t -> 0), NoiseSchedule.ddpm(), "0");
    ClosedFormDenoiser recording =
        new ClosedFormDenoiser(
            pixel,
            0,
            t -> {
              asked.add(t);
              return 0;
            });
    try (original;
        Checkpoint inside = new Checkpoint("other", recording, NoiseSchedule.ddpm(), "1");
        RunDirectory run = TestRuns.claim(folder.resolve("run"))) {
      Sampler sampler = Sampler.of(original, 50);
      List<Trajectory> targets = sampler.sample(1, 1, TestContext.of(1));
      WindowDistance measure =
          new WindowDistance(
              sampler, targets, 400, 100, 4, 0, new RemovalSetting.Pixels(), LatentCodec.IDENTITY);
      new Workers(1, Libtorch.device())
          .forEachShared(
              1,
              (unit, parts) -> {
                measure.prepare(run, 0, parts, Progress.Task.SILENT);
                measure.measure(run, 0, "m", inside, parts, Progress.Task.SILENT);
              });
      assertThat(asked).containsExactly(320, 340, 360, 380, 400);
      // Both models say the same: only rounding could tell them apart.
      assertThat(measure.read(run, 0, "m")).isZero();
      assertThat(measure.reference(run, 0)).isPositive();
    }
  }

  @Test
  void threadsAndInterruptionsChangeNoByte() throws IOException {
    RemovalStudy study = setting.study(Coupling.COUPLED, null, 4);
    check(study).run(folder.resolve("whole"), TestContext.of(1));
    Path resumed = folder.resolve("resumed");
    for (int most : new int[] {8, 25, 700}) {
      assertThatThrownBy(() -> check(study).run(resumed, TestContext.of(2, new Stopping(most))))
          .isInstanceOf(Stopping.Stopped.class);
    }
    check(study).run(resumed, TestContext.of(2));
    List<Path> files = files(folder.resolve("whole"));
    assertThat(files(resumed)).isEqualTo(files);
    assertThat(files).hasSizeGreaterThan(15);
    for (Path file : files) {
      assertThat(resumed.resolve(file))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    // Once more nothing is done: the result is there.
    assertThat(check(study).run(resumed, TestContext.of(1)).lines()).hasSize(2 * (2 + 2));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .map(directory::relativize)
          .filter(f -> !f.endsWith(RunDirectory.TIMING) && !f.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void equalSetsAreTrainedOnceAndModelsAreShared() throws IOException {
    Path models = folder.resolve("models");
    RemovalConfig config =
        new RemovalConfig(RemovalSetting.STEP, List.of(39), 2, Coupling.COUPLED, 1, 1, 1, true, 7);
    check(setting.study(config, models)).run(folder.resolve("a"), TestContext.of(2));
    List<Path> trained = files(models);
    assertThat(folder.resolve("a/models")).doesNotExist();
    Progress noTraining =
        (task, total, unit) ->
            units -> {
              if (task.startsWith("Training")) {
                assertThat(units).isEqualTo(6); // what is done is told in one piece
              }
            };
    new ForgetCheck(setting.study(config, models))
        .run(folder.resolve("b"), TestContext.of(2, noTraining));
    assertThat(files(models)).isEqualTo(trained);
  }

  @Test
  void fewTargetsFewPicturesAndOtherFeaturesAreToldWithTheResult() {
    RetrainCheck check = check(setting.study(Coupling.COUPLED, null, 4));
    List<String> warnings = new ArrayList<>(check.warnings());
    assertThat(warnings).hasSize(4);
    assertThat(warnings.get(0)).contains("only 2 targets");
    assertThat(warnings.get(1)).contains("only 1 random sets");
    assertThat(warnings.get(2))
        .contains("by pixels: they are comparable with a published FID only if");
    assertThat(warnings.get(3)).contains("30 pictures", "64 numbers");
    RemovalTable table = check.run(folder.resolve("out"), TestContext.of(2));
    List<String> sentences = check.sentences(table);
    assertThat(sentences.get(0)).contains("Without the 4 highest of one", "too few targets");
    assertThat(String.join(" ", sentences)).contains("another seed", "other noise", "in common");
    assertThat(Arrays.asList(table.csv("fid").split("\n"))).hasSize(1 + 2 * 4);
  }
}
