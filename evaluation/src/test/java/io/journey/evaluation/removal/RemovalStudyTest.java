package io.journey.evaluation.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.Datasets;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.FakeAttribution;
import io.journey.results.HandMadeScores;
import io.journey.results.NamedAttribution;
import io.journey.run.JourneyException;
import io.journey.tensor.TestContext;
import io.journey.training.Retraining.Coupling;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a study by training again refuses before it trains anything. */
class RemovalStudyTest {
  @TempDir static Path shared;

  private static RemovalSetting setting;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    setting = new RemovalSetting(shared);
  }

  private static RetrainCheck check(RemovalStudy study) {
    return new RetrainCheck(study, 200, 30, new RemovalSetting.Pixels());
  }

  @Test
  void whatDoesNotBelongTogetherIsRefusedInOneSentence() {
    refused(() -> setting.study(Coupling.COUPLED, null, 40), "removing 40 of 40 images");
    refused(() -> setting.study(Coupling.COUPLED, null, -1), "at least 0");
    refused(
        () ->
            new RemovalStudy(
                setting.ensemble,
                setting.data,
                setting.targets,
                setting.estimators,
                RemovalSetting.config(Coupling.COUPLED, 4),
                null),
        "as many random sets as attributions (2), got 1");
    refused(
        () ->
            new RemovalStudy(
                setting.ensemble,
                Datasets.open("../data/fashion-mnist?size=8&limit=41"),
                setting.targets,
                setting.estimators.subList(0, 1),
                RemovalSetting.config(Coupling.COUPLED, 4),
                null),
        "was trained on other images");
    RemovalConfig otherStep =
        new RemovalConfig(200, List.of(4), 1, Coupling.COUPLED, 1, 1, 1, false, 0);
    refused(
        () -> check(setting.study(otherStep, null)).run(folder.resolve("s"), TestContext.of(1)),
        "step 200 was not attributed");
    assertThat(folder.resolve("s")).doesNotExist();
    refused(
        () ->
            new RemovalStudy(
                setting.ensemble,
                setting.data,
                setting.targets,
                List.of(setting.estimators.get(0), setting.estimators.get(0)),
                new RemovalConfig(
                    RemovalSetting.STEP, List.of(4), 1, Coupling.COUPLED, 1, 1, 2, false, 0),
                null),
        "the name one is taken");
  }

  @Test
  void targetsOfAnotherModelAndForeignScoresAreRefused() {
    float[][] finals = new float[2][64];
    int[] steps = {RemovalSetting.STEP};
    float[][][][] scores = FakeAttribution.noise(2, 1, 2, 40, 1);
    Path fake = new FakeAttribution(steps, finals, scores).write(folder.resolve("a"), setting.data);
    RemovalStudy strange = study(new NamedAttribution("fake", Attribution.open(fake)));
    refused(
        () -> check(strange).run(folder.resolve("o"), TestContext.of(1)), "by other checkpoints");
    Attribution onePixel = HandMadeScores.of(folder.resolve("b"), steps, scores[0]);
    RemovalStudy foreign = study(NamedAttribution.parse("x=" + folder.resolve("b")));
    assertThat(foreign.estimators().get(0).attribution().size()).isEqualTo(onePixel.size());
    refused(
        () -> check(foreign).run(folder.resolve("o"), TestContext.of(1)),
        "of other training images");
    assertThat(folder.resolve("o")).doesNotExist();
    Ensemble second = Ensemble.open(setting.ensemble.directory().resolve("member-001"));
    refused(
        () ->
            new RemovalStudy(
                second,
                setting.data,
                setting.targets,
                setting.estimators.subList(0, 1),
                RemovalSetting.config(Coupling.COUPLED, 4),
                null),
        "does not say how it was trained");
    try (Checkpoint wrong = setting.ensemble.load("member-001")) {
      RemovalStudy study = setting.study(Coupling.COUPLED, null, 4);
      refused(() -> study.removals(wrong, study.targets()), "not sampled by the first checkpoint");
    }
  }

  private static RemovalStudy study(NamedAttribution estimator) {
    return new RemovalStudy(
        setting.ensemble,
        setting.data,
        setting.targets,
        List.of(estimator),
        RemovalSetting.config(Coupling.COUPLED, 4),
        null);
  }

  private static void refused(Runnable what, String why) {
    assertThatThrownBy(what::run)
        .isInstanceOfAny(IllegalArgumentException.class, JourneyException.class)
        .hasMessageContaining(why);
  }
}
