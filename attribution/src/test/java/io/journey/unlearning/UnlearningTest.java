package io.journey.unlearning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.LoraConfig;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.scheduler.SchedulerConfig;
import io.journey.score.PixelMask;
import io.journey.score.TargetDraws;
import io.journey.score.UnlearningInfluence;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.FineTuning;
import io.journey.training.StartingPoint;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model loses when it unlearns a picture that it has met, and one that it drew. */
class UnlearningTest {
  private static final int N = 12;
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(8, 16), List.of(false, true), 1, 4, 1e-5, 8, true, 0, 1);

  @TempDir static Path shared;
  private static final Dataset DATA = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
  private static Ensemble ensemble;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    ensemble =
        new EnsembleTrainer(DATA, MODEL, TrainingConfig.of(600, N, 5e-3), 1, 3, Duration.ofHours(1))
            .run(shared.resolve("checkpoints"), TestContext.of(2));
  }

  /** Unlearns an image of the training at a step, and returns how much is lost of each image. */
  private static float[] lost(int image, int timestep, Unlearning[] come) {
    float[] pixels = new float[DATA.shape().numel()];
    DATA.read(image, pixels, 0);
    return TestContext.parts(
        parts -> {
          Seed seed = Seed.of(5).child("question").child(image);
          try (Checkpoint checkpoint = ensemble.first();
              FineTuning training =
                  FineTuning.OfMembers.of(ensemble, DATA, 0.1).begin(0, seed.child("batches"));
              PointerScope scope = new PointerScope()) {
            ImageLosses losses =
                ImageLosses.of(DATA, checkpoint.schedule(), seed.child("images"), 40);
            float[] before = losses.of(checkpoint.model(), parts);
            DenoisingDraws draws =
                DenoisingDraws.atStep(pixels, Condition.NONE, timestep, seed.child("noise"), 20);
            Question question = new Question(draws, null, checkpoint.schedule());
            come[0] =
                Unlearning.of(
                    training,
                    checkpoint.model().parameters().get(),
                    question,
                    UnlearningConfig.MUCS,
                    parts);
            assertThat(question.loss(training.model(), parts)).isEqualTo(come[0].after());
            assertThat(checkpoint.losses(List.of(draws))[0])
                .isCloseTo(come[0].before(), within(1e-5f));
            return losses.lost(before, training.model(), parts);
          }
        });
  }

  @Test
  void ofThePictureOfATrainingImageThatImageIsAmongTheFirstLostAndMostlyTheFirst() {
    int first = 0;
    for (int image = 0; image < 8; image += 2) {
      Unlearning[] come = new Unlearning[1];
      float[] lost = lost(image, 200, come);
      assertThat(come[0].isReached(0.95)).isTrue();
      assertThat(come[0].before()).isLessThan(0.2f * come[0].untrained());
      assertThat(come[0].after()).isGreaterThanOrEqualTo(0.95f * come[0].untrained());
      assertThat(come[0].steps()).isBetween(1, 199);
      int place = place(image, lost);
      assertThat(place).isLessThan(3);
      first += place == 0 ? 1 : 0;
    }
    assertThat(first).as("of 4, of 12 images each").isGreaterThanOrEqualTo(3);
  }

  /** How many images have lost more. */
  private static int place(int image, float[] lost) {
    return (int) IntStream.range(0, N).filter(i -> lost[i] > lost[image]).count();
  }

  @Test
  void imagesAreAskedUnderTheNoisiestStepsAndALossThatStaysIsNoLoss() {
    try (Checkpoint checkpoint = ensemble.first()) {
      ImageLosses losses = ImageLosses.of(DATA, checkpoint.schedule(), Seed.of(1), 300);
      assertThat(Arrays.stream(losses.draws().timesteps()).min().orElseThrow()).isBetween(300, 320);
      assertThat(Arrays.stream(losses.draws().timesteps()).max().orElseThrow()).isBetween(980, 999);
      float[] before = TestContext.parts(parts -> losses.of(checkpoint.model(), parts));
      float[] pixels = new float[DATA.shape().numel()];
      DATA.read(4, pixels, 0);
      double mean = 0;
      for (int r = 0; r < 300; r++) {
        mean += before[4 * 300 + r] / 300;
      }
      assertThat(mean)
          .isCloseTo(
              checkpoint.losses(List.of(losses.draws().withImage(pixels, Condition.NONE)))[0],
              within(1e-5));
      float[] lost = TestContext.parts(parts -> losses.lost(before, checkpoint.model(), parts));
      assertThat(lost).containsOnly(0);
    }
  }

  private static List<Trajectory> targets(int count) {
    try (Checkpoint first = ensemble.first()) {
      return Sampler.of(first, 5).sample(5, count, TestContext.TWO);
    }
  }

  private static UnlearningInfluence asked() {
    return UnlearningInfluence.of(ensemble, DATA, new UnlearningConfig(0.2, 0.95, 3, 0.1, 5))
        .withDraws(new TargetDraws(4, 1, List.of()));
  }

  private static Attribution run(
      UnlearningInfluence asked, List<Trajectory> targets, Path out, RunContext context) {
    return asked.stage(targets, Timesteps.of(200, 600)).run(out, context);
  }

  @Test
  void bytesAreThoseOfAnyNumberOfThreadsAndOfAnInterruptedRun() throws IOException {
    List<Trajectory> targets = targets(2);
    Attribution one = run(asked(), targets, folder.resolve("one"), TestContext.of(1));
    Path killed = folder.resolve("two");
    assertThatThrownBy(() -> run(asked(), targets, killed, TestContext.killedAfter(2, 1)))
        .hasMessage("killed");
    assertThat(names(killed))
        .contains("member-000.question-1.resume.safetensors")
        .doesNotContain("member-000.scores.npy");
    Attribution two = run(asked(), targets, killed, TestContext.of(2));
    assertThat(two.manifest().fingerprint()).isEqualTo(one.manifest().fingerprint());
    for (String file :
        List.of("scores.npy", "member-000.measurement.npy", "member-000.unlearning.csv")) {
      assertThat(killed.resolve(file)).hasSameBinaryContentAs(folder.resolve("one/" + file));
    }
    assertThat(names(killed))
        .isEqualTo(names(folder.resolve("one")))
        .noneMatch(n -> n.contains("resume"));
    assertThat(UnlearningInfluence.outcomes(one))
        .hasSize(4)
        .allMatch(come -> come.steps() == 3 && !come.reached());
    assertThat(one.isChange()).isFalse();
    Attribution alone =
        run(asked(), targets.subList(1, 2), folder.resolve("alone"), TestContext.of(2));
    assertThat(alone.scores(1, 0)).as("no other target matters").isEqualTo(one.scores(1, 1));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void thePartThatIsTheWholeIsTheWholeAndAnotherPartIsNot() {
    PixelMask all = PixelMask.parse("0,0,8,8", DATA.shape());
    PixelMask corner = PixelMask.parse("0,0,3,3", DATA.shape());
    Attribution attribution =
        run(
            asked().withDraws(new TargetDraws(4, 1, Arrays.asList(null, all, corner))),
            targets(1),
            folder.resolve("parts"),
            TestContext.of(2));
    assertThat(attribution.targets()).isEqualTo(3);
    assertThat(attribution.scores(0, 1)).isEqualTo(attribution.scores(0, 0));
    assertThat(attribution.scores(0, 2)).isNotEqualTo(attribution.scores(0, 0));
  }

  @Test
  void classesAreToldAndAMemberOfAFewImagesMayFindNoneOfThemInABatch() {
    Ensemble few =
        new EnsembleTrainer(
                DATA,
                MODEL.withClasses(11),
                TrainingConfig.of(3, 2, 1e-3).withFraction(0.1).withDropClasses(0.3),
                2,
                3,
                Duration.ofHours(1))
            .run(folder.resolve("few"), TestContext.of(2));
    List<Trajectory> targets;
    try (Checkpoint first = few.first()) {
      targets = List.of(Sampler.of(first, 5).sample(Seed.of(5), new Condition.ClassLabel(2)));
    }
    Attribution attribution =
        run(
            UnlearningInfluence.of(few, DATA, new UnlearningConfig(0.2, 1, 3, 10, 2))
                .withDraws(new TargetDraws(2, 1, List.of())),
            targets,
            folder.resolve("of-few"),
            TestContext.of(2));
    assertThat(UnlearningInfluence.outcomes(attribution)).hasSize(4);
    for (float score : attribution.scores(0, 0)) {
      assertThat(score).isBetween(-1f, 1f);
    }
  }

  @Test
  void whatCannotBeUnlearnedIsRefused() {
    Dataset other = Datasets.open("../data/fashion-mnist?size=8&limit=" + (N + 1));
    assertThatThrownBy(() -> UnlearningInfluence.of(ensemble, other, UnlearningConfig.MUCS))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith("name the data of journey train.");
    assertThatThrownBy(() -> new UnlearningConfig(0.2, 1.01, 1, 0.1, 1))
        .isInstanceOf(SettingException.class)
        .hasMessage("stop must be in (0, 1], got 1.01");
    Ensemble pairs =
        new EnsembleTrainer(
                DATA,
                MODEL,
                TrainingConfig.of(1, N, 1e-3),
                1,
                3,
                Duration.ofHours(1),
                SchedulerConfig.DEFAULT,
                StartingPoint.of(CheckpointSpec.of(shared.resolve("checkpoints/member-000"))),
                null,
                LoraConfig.of(1))
            .run(folder.resolve("pairs"), TestContext.of(2));
    assertThatThrownBy(() -> UnlearningInfluence.of(pairs, DATA, UnlearningConfig.MUCS))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has a LoRA");
  }
}
