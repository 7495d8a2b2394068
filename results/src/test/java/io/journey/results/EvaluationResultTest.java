package io.journey.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.figure.Figures;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an evaluation leaves is what a page finds, and nothing else. */
class EvaluationResultTest {
  private static final double[] NUMBERS = {1, 2, 3};
  private static final LineChart CHART =
      new LineChart(
          "LDS by step", "t", "LDS", List.of(Series.of("a", NUMBERS, NUMBERS)), List.of());

  @TempDir Path folder;

  private static EvaluationResult.Draft draft() {
    return EvaluationResult.of("Linear datamodeling score", "Do the scores foretell retraining?")
        .sentence("They do.")
        .sentence("Better than pixels.")
        .warning("Only 4 subsets were retrained.")
        .figure("lds", CHART)
        .table("lds.csv", "method,lds\n\"a, b\",0.5\nc,\"0\"\"\"\n")
        .settings(Json.object().put("subsets", 4));
  }

  private Path written(EvaluationResult.Draft draft) {
    Path directory = folder.resolve("run");
    try (RunDirectory run = RunDirectory.claim(directory, "lds", Json.object(), Json.object())) {
      draft.write(run);
      run.finish(Json.object());
    }
    return directory;
  }

  /** A finished run whose result is this, with a file beside it. */
  private Path with(ObjectNode json) {
    Path directory = folder.resolve("forged");
    try (RunDirectory run = RunDirectory.claim(directory, "lds", Json.object(), Json.object())) {
      run.write("a.svg", out -> out.write(1));
      run.write(EvaluationResult.FILE, out -> out.write(Json.bytes(json)));
      run.finish(Json.object());
    }
    return directory;
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    EvaluationFiles files = EvaluationResult.open(written(draft()));
    EvaluationResult result = files.result();
    assertThat(result.title()).isEqualTo("Linear datamodeling score");
    assertThat(result.question()).isEqualTo("Do the scores foretell retraining?");
    assertThat(result.sentences()).containsExactly("They do.", "Better than pixels.");
    assertThat(result.warnings()).containsExactly("Only 4 subsets were retrained.");
    assertThat(result.figures()).containsOnlyKeys("lds").containsValue("LDS by step");
    assertThat(result.settings().toString()).isEqualTo("{\"subsets\":4}");
    assertThat(files.svg("lds")).isEqualTo(Figures.svg(CHART));
    assertThat(files.table("lds.csv", 1))
        .isEqualTo(
            new EvaluationFiles.Table(
                List.of("method", "lds"), List.of(List.of("a, b", "0.5")), 2));
    assertThat(files.table("lds.csv", 9).rows()).last().isEqualTo(List.of("c", "0\""));
  }

  @Test
  void theFileHoldsTheFieldsOfTheFormatInOrder() throws IOException {
    Path directory = written(draft());
    ObjectNode json = Json.read(directory.resolve(EvaluationResult.FILE));
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "title",
            "question",
            "sentences",
            "warnings",
            "figures",
            "captions",
            "tables",
            "settings");
    assertThat(json.get("figures").toString()).isEqualTo("[\"lds\"]");
    assertThat(json.get("tables").toString()).isEqualTo("[\"lds.csv\"]");
    assertThat(directory.resolve("lds.png")).exists();
  }

  @Test
  void namesThatLeaveTheDirectoryAreRefused() {
    for (String name : List.of("../secret", "/etc/passwd", "a/b", "..", ".hidden", "a\\b", "")) {
      ObjectNode json = draft().write(unfinished(name)).json();
      json.putArray("figures").add(name);
      assertThatThrownBy(() -> EvaluationResult.of(json, "here"))
          .as(name)
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("a figure is named by");
      json.putArray("figures");
      json.putArray("tables").add(name + ".csv");
      assertThatThrownBy(() -> EvaluationResult.of(json, "here"))
          .as(name)
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("a table is named by");
    }
    assertThatThrownBy(() -> draft().figure("../a", CHART).write(unfinished("draft")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private RunDirectory unfinished(String name) {
    Path directory = folder.resolve("unfinished" + name.hashCode());
    return RunDirectory.claim(directory, "lds", Json.object(), Json.object());
  }

  @Test
  void aFileThatIsDamagedUnlistedOrALinkIsRefused() throws IOException {
    Path directory = written(draft());
    EvaluationFiles files = EvaluationResult.open(directory);
    Files.writeString(directory.resolve("lds.csv"), "method,lds\na,0.9\n");
    assertThatThrownBy(() -> files.table("lds.csv", 10))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lds.csv is damaged");
    Path elsewhere = folder.resolve("elsewhere.svg");
    Files.move(directory.resolve("lds.svg"), elsewhere);
    Files.createSymbolicLink(directory.resolve("lds.svg"), elsewhere);
    assertThatThrownBy(() -> files.svg("lds"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lds.svg is a link");
    Files.writeString(directory.resolve(EvaluationResult.FILE), "{}");
    assertThatThrownBy(() -> EvaluationResult.open(directory))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("result.json is damaged");
  }

  @Test
  void aRunWithoutAResultOrWithHalfAResultIsRefused() {
    Path other = folder.resolve("other");
    try (RunDirectory run = RunDirectory.claim(other, "features", Json.object(), Json.object())) {
      run.finish(Json.object());
    }
    assertThatThrownBy(() -> EvaluationResult.open(other))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("holds features without result.json");
    Path half = with(Json.object().put("title", "a").put("question", "b"));
    assertThatThrownBy(() -> EvaluationResult.open(half))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has no list \"figures\"");
  }

  @Test
  void longTextsAndSecondNamesAreRefused() {
    assertThatThrownBy(() -> draft().sentence("x".repeat(2001)).write(unfinished("long")))
        .hasMessageContaining("2000 characters, got 2001");
    assertThatThrownBy(() -> draft().figure("lds", CHART)).hasMessageContaining("twice");
    assertThatThrownBy(() -> EvaluationResult.of(" ", "why?").write(unfinished("blank")))
        .hasMessageContaining("needs a title");
  }
}
