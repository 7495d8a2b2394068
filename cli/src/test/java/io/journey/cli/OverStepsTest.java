package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.results.Attribution;
import io.journey.results.OverSteps;
import io.journey.results.groups.GroupScore;
import io.journey.results.groups.GroupScores;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores of the whole trajectory, as a user types it. */
class OverStepsTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  private String[] attribute(String how, String... more) {
    String[] command =
        flow.attribute("--out", folder.resolve(how).toString(), "--timesteps", "100,300,600");
    return with(with(command, "--over-steps", how), (Object[]) more);
  }

  private static double deviation(float[] row) {
    double mean = 0;
    double squares = 0;
    for (float value : row) {
      mean += value / (double) row.length;
    }
    for (float value : row) {
      squares += (value - mean) * (value - mean) / row.length;
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @ValueSource(strings = {"equal", "inference", "decided"})
  void scoresAreWeightedMeansInDeviationsOfTheirStep(String how) {
    runs(attribute(how));
    Attribution attribution = Attribution.open(folder.resolve(how));
    OverSteps over = attribution.overSteps().orElseThrow();
    assertThat(over.kind()).isEqualTo(how);
    for (int t = 0; t < attribution.targets(); t++) {
      double[] weights = over.weights(t);
      assertThat(weights[0] + weights[1] + weights[2]).isCloseTo(1, within(1e-12));
      double[] expected = new double[attribution.size()];
      for (int s = 0; s < 3; s++) {
        float[] scores = attribution.scores(s, t);
        for (int i = 0; i < expected.length; i++) {
          expected[i] += weights[s] * scores[i] / deviation(scores);
        }
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat(over.scores(t)[i]).isCloseTo((float) expected[i], within(1e-5f));
      }
      if (how.equals("inference")) {
        // Of 900, 800, … 0: 0, 100 and 200 are nearest to 100, 300 and 400 to 300, as the lower of
        // two has it.
        assertThat(weights).containsExactly(new double[] {0.3, 0.2, 0.5}, within(1e-12));
      }
    }
  }

  @Test
  void thePageLeadsWithThemAndGroupsAreWeighedAlike() throws IOException {
    String[] command = attribute("decided");
    runs(command);
    String attribution = folder.resolve("decided").toString();
    runs(flow.report("--attribution", attribution));
    String page = Files.readString(flow.page());
    assertThat(page).contains("\"over\":\"decided\"");
    assertThat(page.indexOf("over-section")).isLessThan(page.indexOf("journey-title"));
    String groups = folder.resolve("groups").toString();
    runs("groups", "--attribution", attribution, "--group", "class", "--out", groups);
    Attribution scores = Attribution.open(Path.of(attribution));
    float[] over = scores.overSteps().orElseThrow().scores(1);
    for (GroupScore one : GroupScores.open(Path.of(groups)).of(1, GroupScore.OVERALL)) {
      double sum = 0;
      for (int i = 0; i < over.length; i++) {
        sum += scores.examples().get(i).className().equals(one.group()) ? over[i] : 0;
      }
      assertThat(one.sum()).isCloseTo(sum, within(1e-4));
    }
    JsonNode json = Json.read(Path.of(groups).resolve("groups.json"));
    assertThat(json.path("over_steps").asText()).isEqualTo("decided");
    runs(flow.report());
    assertThat(Files.readString(flow.page())).doesNotContain("\"over\":");
  }

  @Test
  void whatIsNamedIsFixed() {
    runs(attribute("equal"));
    String[] other = with(flow.attribute(), "--over-steps", "inference");
    refuses(
        "over_steps",
        TinyFlow.changed(
            other, "--out", folder.resolve("equal").toString(), "--timesteps", "100,300,600"));
    refuses(
        "The score over steps is a mean of an image's scores at all of them",
        attribute("decided", "--strongest", "3"));
    refuses("leave --over-steps or --strongest out", attribute("decided", "--strongest", "3"));
    refuses(
        "--strongest 25 asks for more than there are, 24 training images",
        flow.attribute("--out", folder.resolve("k").toString(), "--strongest", "25"));
    refuses(
        "--over-steps takes equal, inference or decided",
        TinyFlow.changed(other, "--over-steps", "all"));
  }
}
