package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.MemoryDataset;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.results.EvaluationResult;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What evaluations found, on a page. */
class EvaluationSectionTest {
  private static final String HOSTILE = AttributionReportTest.HOSTILE + "\" onload=\"hacked=1";

  @TempDir Path folder;

  /** An evaluation all of whose texts want to run a script. */
  static Path hostile(Path directory) {
    double[] x = {100, 500, 900};
    double[] y = {0.1, 0.3, 0.2};
    Series series = Series.of(HOSTILE, x, y);
    LineChart chart = new LineChart(HOSTILE, "t", "LDS", List.of(series), List.of()).xReversed();
    StringBuilder csv = new StringBuilder("step,<b>method\n");
    for (int i = 0; i < 250; i++) {
      csv.append(i).append(",\"").append(HOSTILE.replace("\"", "\"\"")).append("\"\n");
    }
    return write(
        directory,
        EvaluationResult.of(HOSTILE, "Why " + HOSTILE)
            .sentence("Found " + HOSTILE)
            .warning("Beware of " + HOSTILE)
            .figure("lds", chart)
            .table("lds.csv", csv.toString())
            .settings(Json.object().put(HOSTILE, HOSTILE)));
  }

  static Path write(Path directory, EvaluationResult.Draft draft) {
    ObjectNode inputs = Json.object().put("data", "0123456789abcdef");
    try (RunDirectory run = RunDirectory.claim(directory, "lds", Json.object(), inputs)) {
      draft.write(run);
      run.finish(Json.object());
    }
    return directory;
  }

  private String alone(Path... evaluations) throws IOException {
    Path page = folder.resolve("page.html");
    EvaluationReport.write(List.of(evaluations), page);
    return Files.readString(page);
  }

  @Test
  void textFromFilesStaysText() throws IOException {
    String page = alone(hostile(folder.resolve("lds")));
    assertThat(page).doesNotContain("<img src=x", "<b>", "<script", "\" onload");
    assertThat(page).contains("Why &lt;/script&gt;", "Found &lt;", "Beware of &lt;");
    // The only picture is the figure, the only address its own bytes.
    assertThat(page.split("<img", -1)).hasSize(2);
    assertThat(page).containsOnlyOnce(" src=\"data:image/svg+xml;base64,");
    assertThat(page.replaceAll("base64,[A-Za-z0-9+/=]*", "")).doesNotContain("http:", "https:");
  }

  @Test
  void tablesShowTheirFirstRowsAndSayHowManyThereAre() throws IOException {
    String page = alone(hostile(folder.resolve("lds")));
    assertThat(page).contains("lds.csv, 250 rows", "The first 200 of 250 rows");
    assertThat(page).contains("<td class=\"number\">199</td>").doesNotContain(">200</td>");
  }

  @Test
  void evaluationsComeInTheirOrderWithWhatTheyFound() throws IOException {
    Path one = write(folder.resolve("1"), EvaluationResult.of("One", "Is it?").sentence("It is."));
    Path two = write(folder.resolve("2"), EvaluationResult.of("Two", "Does it?").warning("Few."));
    String page = alone(two, one);
    assertThat(page)
        .containsSubsequence(
            "<h2>Two</h2>", "Does it?", "Few.", "<h2>One</h2>", "Is it?", "It is.");
    assertThat(page).containsOnlyOnce("class=\"warnings\"").doesNotContain("<img");
  }

  @Test
  void theAttributionsPageTellsWhatWasCheckedOrThatNothingWas() throws IOException {
    MemoryDataset data = AttributionReportTest.data(30, 1, 4);
    Path attribution =
        AttributionReportTest.fake(data, new int[] {100, 900}, 2, 2)
            .write(folder.resolve("attribution"), data);
    Path page = folder.resolve("page.html");
    AttributionReport.write(attribution, data, page);
    assertThat(Files.readString(page))
        .contains("Nothing here has been checked by retraining", "No retraining has checked");
    Path lds = hostile(folder.resolve("lds"));
    AttributionReport.write(attribution, null, List.of(lds), data, page);
    String checked = Files.readString(page);
    assertThat(checked)
        .containsSubsequence(
            "What stands out", "Checked</h2>", "class=\"chart\"", "How it was made")
        .doesNotContain("by retraining", "No retraining has checked", "<img src=x")
        .contains("other training images");
    data.fingerprint("0123456789abcdef");
    Path same =
        AttributionReportTest.fake(data, new int[] {100, 900}, 2, 2)
            .write(folder.resolve("same"), data);
    AttributionReport.write(same, null, List.of(lds), data, page);
    assertThat(Files.readString(page)).doesNotContain("other training images");
  }

  @Test
  void anEvaluationThatNamesAFileElsewhereLeavesNoPage() {
    Path directory = folder.resolve("forged");
    ObjectNode json = Json.object().put("title", "Title").put("question", "Why?");
    json.putArray("sentences");
    json.putArray("warnings");
    json.putArray("tables");
    json.putArray("figures").add("../../etc/secret");
    try (RunDirectory run = RunDirectory.claim(directory, "lds", Json.object(), Json.object())) {
      run.write(EvaluationResult.FILE, out -> out.write(Json.bytes(json)));
      run.finish(Json.object());
    }
    assertThatThrownBy(() -> alone(directory))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("a figure is named by");
    assertThat(folder.resolve("page.html")).doesNotExist();
  }
}
