package io.journey.evaluation.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.evaluation.Redrawing;
import io.journey.evaluation.removal.RemovalTable.Line;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.results.EvaluationResult;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import io.journey.training.Retraining.Coupling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Garments drawn again by models that did not see some others. */
class ForgetCheckTest {
  @TempDir static Path shared;

  private static RemovalSetting setting;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    setting = new RemovalSetting(shared);
  }

  private static List<Line> lines(RemovalTable table, String source, int k) {
    return table.lines().stream().filter(l -> l.source().equals(source) && l.k() == k).toList();
  }

  @Test
  void aModelThatLostNothingRemembersAndAnotherSeedIsMeasuredAsDrawnByHand() throws IOException {
    RemovalConfig config =
        new RemovalConfig(
            RemovalSetting.STEP, List.of(0, 30), 3, Coupling.COUPLED, 1, 1, 2, true, 7);
    ForgetCheck check = new ForgetCheck(setting.study(config, null));
    Path out = folder.resolve("out");
    RemovalTable table = check.run(out, TestContext.of(2));
    for (String source : List.of("one", "one, lowest", Removal.RANDOM)) {
      assertThat(lines(table, source, 0)).allSatisfy(l -> assertThat(l.value()).isZero());
      assertThat(lines(table, source, 30)).allSatisfy(l -> assertThat(l.value()).isPositive());
    }
    List<Trajectory> targets = setting.targets.read(new int[] {RemovalSetting.STEP});
    try (Checkpoint other = setting.ensemble.load("member-001")) {
      Sampler sampler = Sampler.of(other, RemovalSetting.INFERENCE_STEPS);
      for (int t = 0; t < 3; t++) {
        double expected =
            RemovalSetting.distance(
                targets.get(t).image(), sampler.sample(Sampler.seed(5, t)).image());
        assertThat(lines(table, RemovalTable.OTHER_SEED, 0).get(t).value())
            .isCloseTo(expected, within(1e-9));
      }
    }
    double others =
        (RemovalSetting.distance(targets.get(0).image(), targets.get(1).image())
                + RemovalSetting.distance(targets.get(0).image(), targets.get(2).image()))
            / 2;
    assertThat(lines(table, RemovalTable.REFERENCE, 0).get(0).value())
        .isCloseTo(others, within(1e-9));
    EvaluationResult result = EvaluationResult.open(out).result();
    assertThat(result.figures()).containsOnlyKeys(ForgetCheck.FIGURE, ForgetCheck.PICTURES);
    assertThat(result.sentences()).hasSize(2 + 2).isEqualTo(check.sentences(table));
    assertThat(result.warnings()).hasSize(2).isEqualTo(check.warnings());
    List<String> csv = Files.readAllLines(out.resolve(ForgetCheck.TABLE));
    assertThat(csv.get(0)).isEqualTo("target,estimator,k,set,l2,baseline,increase");
    assertThat(csv).hasSize(1 + 3 * (2 + 2 + 2 * 2 + 2));
    assertThat(csv.get(3)).startsWith("0,\"one, lowest\",0,0,0.000000,0.000000,0.000000");
  }

  @Test
  void aTargetThatIsNotOfItsSeedIsRefused() {
    Trajectory drawn = setting.targets.read(new int[] {RemovalSetting.STEP}).get(0);
    try (Checkpoint original = setting.ensemble.first();
        RunDirectory run = TestRuns.claim(folder.resolve("run"))) {
      Sampler sampler = setting.targets.sampler(original);
      for (String seed : List.of("00".repeat(16), "7")) {
        Trajectory lying =
            new Trajectory(
                drawn.shape(),
                drawn.modelFingerprint(),
                seed,
                drawn.condition(),
                drawn.timesteps(),
                drawn.xt(),
                drawn.x0(),
                drawn.image());
        RedrawnPicture measure =
            new RedrawnPicture(new Redrawing(sampler, List.of(lying), LatentCodec.IDENTITY));
        assertThatThrownBy(() -> measure.prepare(run, 0, null, Progress.Task.SILENT))
            .isInstanceOf(JourneyException.class)
            .hasMessageContaining("again");
      }
    }
  }
}
