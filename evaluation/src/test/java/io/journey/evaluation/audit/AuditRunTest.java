package io.journey.evaluation.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingDraws;
import io.journey.encoding.Encoders;
import io.journey.evaluation.removal.RemovalSetting;
import io.journey.evaluation.removal.RetrainedModels;
import io.journey.evaluation.removal.Stopping;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.audit.Audit;
import io.journey.results.audit.AuditRule;
import io.journey.results.audit.Candidate;
import io.journey.results.audit.Change;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.Snapshot;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audits of drawings of garments, beside models trained and pictures drawn one by one. */
class AuditRunTest {
  private static final AuditConfig CONFIG =
      new AuditConfig(2, 1, 1, false, null, new AuditRule(0.34, 2, 0.5), 7);
  private static final Candidate FIRST = new Candidate("first", new int[] {0, 1, 2, 3, 4, 5});

  @TempDir static Path shared;

  private static RemovalSetting setting;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    setting = new RemovalSetting(shared);
  }

  private static Trajectory target() {
    return setting.targets.read(setting.targets.timesteps()).get(1);
  }

  private static AuditQuestion drawing() {
    return new AuditQuestion.Drawing(setting.targets, target(), Encoders.Opened.NONE);
  }

  private AuditRun audit(Retraining how, AuditQuestion question, AuditConfig config) {
    return audit(how, question, config, "models");
  }

  private AuditRun audit(
      Retraining how, AuditQuestion question, AuditConfig config, String models) {
    RetrainedModels trained =
        new RetrainedModels(setting.ensemble, how, setting.data, folder.resolve(models));
    return new AuditRun(trained, question, List.of(FIRST), null, config);
  }

  private static Retraining beginning() {
    return Retraining.like(setting.ensemble, Coupling.COUPLED);
  }

  private static Retraining onward() {
    return Retraining.onward(setting.ensemble.spec("member-000"), 4, 1e-3);
  }

  private static double of(Audit audit, Removed removed, int set, int member) {
    return audit.changes().stream()
        .filter(one -> one.removed() == removed && one.set() == set && one.member() == member)
        .mapToDouble(Change::change)
        .findFirst()
        .orElseThrow();
  }

  private Ensemble model(Retraining how, BitSet kept, int member, String name) {
    return how.model(setting.data, kept, member).run(folder.resolve(name), TestContext.TWO);
  }

  private static float[] draw(Ensemble models, String name) {
    try (Checkpoint checkpoint = models.load(name)) {
      return Sampler.of(checkpoint, RemovalSetting.INFERENCE_STEPS)
          .sample(Seed.parse(target().seed()))
          .image();
    }
  }

  @Test
  void changesAreThoseOfModelsTrainedAndPicturesDrawnOneByOne() {
    AuditConfig config = CONFIG.withMembers(2);
    Audit audit =
        audit(beginning(), drawing(), config).run(folder.resolve("out"), TestContext.of(2));
    // Two members of a candidate and of two random sets, three pairs of three training seeds.
    assertThat(audit.changes()).hasSize(2 + 2 * 2 + 3);
    Retraining how = beginning();
    for (int m = 0; m < 2; m++) {
      float[] all = draw(setting.ensemble, Ensemble.checkpointName(m));
      Ensemble without = model(how, FIRST.kept(40), m, "by-hand-" + m);
      assertThat(of(audit, Removed.CANDIDATE, 0, m))
          .isCloseTo(RemovalSetting.distance(all, draw(without, "member-000")), within(1e-6));
      BitSet random = new MatchedSets(List.of(FIRST), false, null, 40, 7).draw(1).get(0).kept(40);
      Ensemble other = model(how, random, m, "random-" + m);
      assertThat(of(audit, Removed.RANDOM, 1, m))
          .isCloseTo(RemovalSetting.distance(all, draw(other, "member-000")), within(1e-6))
          .isPositive();
    }
    double floor =
        RemovalSetting.distance(
            draw(setting.ensemble, "member-000"), draw(setting.ensemble, "member-001"));
    assertThat(of(audit, Removed.NOTHING, 0, 0)).isCloseTo(floor, within(1e-6));
    Judgement judged = config.rule().judge(audit.changes(), Map.of("first", 6)).get(0);
    // Ten digits are written.
    assertThat(audit.strongest())
        .usingRecursiveComparison()
        .withComparatorForType((x, y) -> Math.abs(x - y) < 1e-8 ? 0 : 1, Double.class)
        .isEqualTo(judged);
    Safetensors pictures = Safetensors.open(audit.manifest().verified(Audit.PICTURES));
    assertThat(pictures.part(Audit.ALL, 0, 64))
        .containsExactly(draw(setting.ensemble, "member-000"));
    assertThat(pictures.entry(Audit.pictures(Removed.RANDOM)).shape())
        .containsExactly(2L, 1L, 8L, 8L);
  }

  @Test
  void modelsTrainedOnwardStartFromTheCheckpointAndAreComparedWithEachOther() {
    Audit audit = audit(onward(), drawing(), CONFIG).run(folder.resolve("out"), TestContext.of(2));
    assertThat(audit.isOnward()).isTrue();
    BitSet everything = new BitSet();
    everything.set(0, 40);
    float[] all = draw(model(onward(), everything, 0, "all"), "member-000");
    float[] without = draw(model(onward(), FIRST.kept(40), 0, "without"), "member-000");
    float[] other = draw(model(onward(), everything, 1, "other"), "member-000");
    assertThat(of(audit, Removed.CANDIDATE, 0, 0))
        .isCloseTo(RemovalSetting.distance(all, without), within(1e-6))
        .isPositive();
    assertThat(of(audit, Removed.NOTHING, 0, 0))
        .isCloseTo(RemovalSetting.distance(all, other), within(1e-6));
    // They were trained on: the checkpoint itself draws another picture.
    assertThat(RemovalSetting.distance(all, draw(setting.ensemble, "member-000"))).isPositive();
  }

  @Test
  void theLossOfAPictureThatNoModelDrewIsComparedByTheSameNoise() {
    float[] image = new float[64];
    setting.data.read(20, image, 0);
    int[] steps = {300, 100};
    Trajectory picture;
    try (Checkpoint first = setting.ensemble.first()) {
      picture =
          Trajectory.ofPicture(
              "x.png", setting.data.shape(), image, Condition.NONE, first.schedule(), steps, 0);
    }
    Audit audit =
        audit(beginning(), new AuditQuestion.Picture(picture, 6, 5), CONFIG)
            .run(folder.resolve("out"), TestContext.of(2));
    assertThat(audit.isDrawn()).isFalse();
    double sum = 0;
    try (Checkpoint all = setting.ensemble.first();
        Checkpoint without = model(beginning(), FIRST.kept(40), 0, "by-hand").first()) {
      for (int step : steps) {
        Seed noise = Seed.of(5).child("audit").child(step);
        List<DenoisingDraws> draws =
            List.of(DenoisingDraws.atStep(image, picture.condition(), step, noise, 6));
        sum += Math.log(without.losses(draws)[0] / all.losses(draws)[0]) / steps.length;
      }
    }
    assertThat(of(audit, Removed.CANDIDATE, 0, 0)).isCloseTo(sum, within(1e-5));
  }

  @Test
  void threadsAndInterruptionsChangeNoByteAndSharedModelsAreNotTrainedAgain() throws IOException {
    audit(onward(), drawing(), CONFIG, "one").run(folder.resolve("whole"), TestContext.of(1));
    Path resumed = folder.resolve("resumed");
    for (int most : new int[] {6, 15, 40}) {
      assertThatThrownBy(
              () ->
                  audit(onward(), drawing(), CONFIG, "two")
                      .run(resumed, TestContext.of(2, new Stopping(most))))
          .isInstanceOf(Stopping.Stopped.class);
    }
    audit(onward(), drawing(), CONFIG, "two").run(resumed, TestContext.of(2));
    assertThat(Snapshot.withoutTimes(resumed))
        .isEqualTo(Snapshot.withoutTimes(folder.resolve("whole")));
    assertThat(Snapshot.withoutTimes(folder.resolve("two")))
        .isEqualTo(Snapshot.withoutTimes(folder.resolve("one")));
    List<Long> trained = new ArrayList<>();
    Progress watching =
        (task, total, unit) ->
            units -> {
              if (task.startsWith("Training")) {
                trained.add(units);
              }
            };
    audit(onward(), drawing(), CONFIG, "two")
        .run(folder.resolve("again"), TestContext.of(1, watching));
    // What is done is told in one piece of four steps a model.
    assertThat(trained).isNotEmpty().containsOnly(4L);
  }

  @Test
  void whatCannotGiveAVerdictIsRefusedBeforeAnythingIsTrained() {
    assertThatThrownBy(() -> AuditConfig.DEFAULT.withRandomSets(18))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("random sets must be at least 19");
    Trajectory drawn = target();
    AuditQuestion lying =
        new AuditQuestion.Drawing(
            setting.targets,
            new Trajectory(
                drawn.shape(),
                "another model",
                drawn.seed(),
                drawn.condition(),
                drawn.timesteps(),
                drawn.xt(),
                drawn.x0(),
                drawn.image()),
            Encoders.Opened.NONE);
    assertThatThrownBy(
            () -> audit(beginning(), lying, CONFIG).run(folder.resolve("o"), TestContext.of(1)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("not sampled by the first checkpoint");
    assertThat(folder.resolve("o")).doesNotExist();
    RetrainedModels models =
        new RetrainedModels(setting.ensemble, beginning(), setting.data, folder.resolve("m"));
    assertThatThrownBy(() -> new AuditRun(models, drawing(), List.of(FIRST, FIRST), null, CONFIG))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("got 'first' again");
  }
}
