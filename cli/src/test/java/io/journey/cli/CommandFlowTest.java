package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.run.Json;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way from images to a page, command by command. */
class CommandFlowTest {
  private static final int EXAMPLES = 24;
  private static final int TARGETS = 2;
  private static final int STEPS = 2;

  @TempDir static Path root;
  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = TinyFlow.made(root);
    CommandRun report = CommandRun.of(flow.report());
    assertThat(report.status()).as(report.err()).isZero();
    assertThat(report.out()).contains("file:", "report.html");
  }

  @Test
  void everyStageStartedAgainSaysWhatIsThereAndChangesNothing() throws IOException {
    Map<String, String> before = Snapshot.of(root);
    Map<String[], String> said =
        Map.of(
            flow.train(), "Checkpoints of 2 models are in " + flow.checkpoints(),
            flow.sample(), flow.targets() + " already holds these trajectories.",
            flow.featurize(), "Features of 24 images for 2 checkpoints are in " + flow.features(),
            flow.attribute(), "Scores of 24 training images for 2 targets at 2 steps are in",
            flow.report(), "The page is file:");
    for (Map.Entry<String[], String> stage : said.entrySet()) {
      CommandRun again = CommandRun.of(stage.getKey());
      assertThat(again.status()).as(stage.getValue()).isZero();
      assertThat(again.out()).contains(stage.getValue());
      assertThat(again.err()).as(stage.getValue()).isEmpty();
      assertThat(Snapshot.of(root)).as(stage.getValue()).isEqualTo(before);
    }
  }

  @Test
  void threadsAndSaveIntervalChangeNoByte() throws IOException {
    TinyFlow other = new TinyFlow(root.resolve("other"));
    Files.createDirectories(other.root());
    Files.copy(flow.config(), other.config());
    for (String[] stage :
        List.of(
            other.train("--threads", "1", "--save-interval", "0"),
            other.sample("--threads", "1"),
            other.featurize("--threads", "3"),
            other.attribute("--threads", "1"),
            other.report())) {
      assertThat(CommandRun.of(stage).status()).as(stage[0]).isZero();
    }
    Map<String, String> expected = Snapshot.withoutTimes(root);
    Map<String, String> found = Snapshot.withoutTimes(other.root());
    expected.keySet().removeIf(name -> Path.of(name).startsWith("other"));
    assertThat(found).isEqualTo(expected);
  }

  /** A run of the whole way with another schedule, prediction and sampler. */
  @Test
  void aModelOfVelocitiesIsTrainedDrawnWithDdimAndAttributed(@TempDir Path own) throws IOException {
    TinyFlow other = new TinyFlow(own);
    String scheduler =
        "{\"scheduler\": {\"_class_name\": \"DDIMScheduler\", \"beta_schedule\": \"squaredcos_cap_v2\","
            + " \"prediction_type\": \"v_prediction\"},";
    Files.writeString(
        other.config(), Files.readString(flow.config()).replaceFirst("\\{", scheduler));
    for (String[] stage :
        List.of(
            other.train(), other.sample("--eta", "0.5"), other.featurize(), other.attribute())) {
      CommandRun run = CommandRun.of(stage);
      assertThat(run.status()).as(stage[0] + run.err()).isZero();
    }
    assertThat(Json.read(other.checkpoints().resolve("manifest.json")).at("/settings/scheduler"))
        .isEqualTo(Json.read(other.member().resolve("scheduler/scheduler_config.json")));
    assertThat(
            Json.read(flow.checkpoints().resolve("manifest.json"))
                .path("settings")
                .has("scheduler"))
        .isFalse();
    assertThat(Json.read(other.member().resolve("model_index.json")).path("_class_name").asText())
        .isEqualTo("DDIMPipeline");
    assertThat(Safetensors.open(other.targets()).metadata())
        .containsEntry("sampler", "ddim")
        .containsEntry("eta", "0.5");
  }

  @Test
  void featuresAndScoresAreArraysOfTheStatedShape() {
    for (String member : List.of("member-000", "member-001")) {
      assertThat(Npy.map(flow.features().resolve(member + "/shard-00000.npy")).shape())
          .containsExactly(EXAMPLES, 64);
      assertThat(Npy.map(flow.attribution().resolve(member + ".scores.npy")).shape())
          .containsExactly(STEPS, TARGETS, EXAMPLES);
    }
    assertThat(Npy.map(flow.attribution().resolve("scores.npy")).shape())
        .containsExactly(STEPS, TARGETS, EXAMPLES);
  }

  @Test
  void trajectoriesHoldEveryStepOfEveryTarget() {
    Safetensors targets = Safetensors.open(flow.targets());
    assertThat(targets.entry("xt").shape()).containsExactly((long) TARGETS, 10L, 1L, 8L, 8L);
    assertThat(targets.longs("timesteps"))
        .containsExactly(900, 800, 700, 600, 500, 400, 300, 200, 100, 0);
  }

  @Test
  void stabilityComparesTwoAnswersAtEveryStep(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("stability");
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "stability",
            "--checkpoints",
            flow.checkpoints().toString(),
            "--data",
            TinyFlow.DATA,
            "--target",
            flow.targets().toString(),
            "--out",
            out.toString(),
            "--projection",
            "sparse:64",
            "--draws",
            "1,2",
            "--target-draws",
            "2",
            "--timesteps",
            "100,300");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("Spearman", "features", "targets", "Table and figure are in");
    // Two numbers of draws, two comparisons, two steps.
    assertThat(Files.readAllLines(out.resolve("stability.csv"))).hasSize(1 + 8);
  }

  @Test
  void aClassifierTellsHowOftenItIsRight(@TempDir Path folder) {
    Path out = folder.resolve("classifier");
    String[] command = {
      "evaluate",
      "classifier",
      "--data",
      "../data/fashion-mnist?size=8&limit=60",
      "--epochs",
      "1",
      "--out",
      out.toString()
    };
    CommandRun run = CommandRun.of(command);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("names the class of \\d+\\.\\d % of \\d+ images");
    assertThat(CommandRun.of(command).out()).isEqualTo(run.out());
    CommandRun inspected = CommandRun.of("inspect", out.toString());
    assertThat(inspected.out()).contains("classifier", "finished");
    command[3] = "../data/fashion-mnist?size=8&limit=60&class=Bag";
    CommandRun refused = CommandRun.of(command);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("at least two classes");
  }

  @Test
  void evaluateAloneSaysWhatItCanCheck() {
    CommandRun run = CommandRun.of("evaluate");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "evaluate needs to be told what: lds, retrieval, stability, metasmoothness, classifier, timesteps, flips");
  }

  @Test
  void theTableRanksTheScoresOfTheArray() throws IOException {
    List<String> rows = Files.readAllLines(flow.attribution().resolve("ranking.csv"));
    // Of a ranking of 24 each score has a place by its sign, but for more than twenty of a sign.
    assertThat(rows)
        .hasSizeLessThanOrEqualTo(1 + TARGETS * STEPS * EXAMPLES)
        .hasSizeGreaterThanOrEqualTo(1 + TARGETS * STEPS * 20);
    assertThat(rows.get(0)).isEqualTo("target,timestep,sign,rank,example,id,class,score");
    Dataset data = Datasets.open(TinyFlow.DATA);
    Npy scores = Npy.map(flow.attribution().resolve("scores.npy"));
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",");
      int step = cells[1].equals("100") ? 0 : 1;
      int target = Integer.parseInt(cells[0]);
      int example = Integer.parseInt(cells[4]);
      float[] score = new float[1];
      scores.read(((long) step * TARGETS + target) * EXAMPLES + example, score, 0, 1);
      // Seven digits are written.
      assertThat(Double.parseDouble(cells[7]))
          .as(row)
          .isCloseTo(score[0], within(1e-6 * Math.abs(score[0])));
      assertThat(cells[5]).isEqualTo(data.id(example));
      assertThat(cells[2]).isEqualTo(score[0] > 0 ? "positive" : "negative");
    }
  }

  @Test
  void thePageTellsOfEveryTargetAndExample() throws IOException {
    String page = Files.readString(flow.page());
    assertThat(page).startsWith("<!DOCTYPE html>").contains("</html>");
    assertThat(page).contains("\"size\":" + EXAMPLES, "\"steps\":[300,100]");
    assertThat(page.split("\"final\":\"", -1)).hasSize(1 + TARGETS);
  }

  @Test
  void inspectUnderstandsEverythingTheStagesLeft() {
    assertThat(inspected(flow.checkpoints())).containsPattern("kind +checkpoints");
    assertThat(inspected(flow.features())).containsPattern("kind +features");
    assertThat(inspected(flow.attribution())).containsPattern("kind +attribution");
    assertThat(inspected(flow.member())).contains("UNet2DModel");
    assertThat(inspected(flow.targets())).containsPattern("xt +F32 +\\[2, 10, 1, 8, 8\\]");
    assertThat(inspected(flow.attribution().resolve("scores.npy"))).contains("[2, 2, 24]");
    for (Path run : List.of(flow.checkpoints(), flow.features(), flow.attribution())) {
      CommandRun verified = CommandRun.of("inspect", "--verify", run.toString());
      assertThat(verified.status()).isZero();
      assertThat(verified.out()).contains("verified");
    }
  }

  private static String inspected(Path path) {
    CommandRun run = CommandRun.of("inspect", path.toString());
    assertThat(run.status()).as(path + ": " + run.err()).isZero();
    return run.out();
  }

  @Test
  void thereAreAsManyCommandsAsHaveTheirHelpTestedBelow() {
    PrintWriter nothing = new PrintWriter(Writer.nullWriter());
    assertThat(Main.commandLine(nothing, nothing).getSubcommands()).hasSize(18);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart",
        "train",
        "sample",
        "featurize",
        "attribute",
        "groups",
        "unroll",
        "unlearn",
        "replay",
        "curate",
        "audit",
        "report",
        "explore",
        "evaluate",
        "export",
        "text-encoder",
        "scenes",
        "inspect"
      })
  void helpOfEveryCommandShowsAnExampleAndSucceeds(String command) {
    CommandRun run = CommandRun.of(command, "--help");
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("Examples:", "  journey " + command);
    assertThat(run.err()).isEmpty();
  }
}
