package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Json;
import io.journey.run.Snapshot;
import io.journey.sampling.TrajectoryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of a new user, on fewer images and steps, from beginning to end. */
class QuickstartTest {
  private static final String HOME = "journey.home";

  @TempDir Path folder;

  @BeforeEach
  void beInAClone() {
    System.setProperty(HOME, "..");
  }

  @AfterEach
  void beNowhere() {
    System.clearProperty(HOME);
  }

  private CommandRun quickstart() {
    return quickstart("24", "4", "2");
  }

  private CommandRun quickstart(String images, String steps, String targets) {
    return CommandRun.of(
        "quickstart",
        "--train",
        "--out",
        folder.toString(),
        "--images",
        images,
        "--training-steps",
        steps,
        "--targets",
        targets);
  }

  @Test
  void inColourTheShippedModelIsAskedAboutThePictureAndItsHalves() throws IOException {
    CommandRun run =
        CommandRun.of("quickstart", "--out", folder.toString(), "--images", "16", "--targets", "1");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("The page is ");
    String page = Files.readString(folder.resolve("report.html"));
    // A pair that no scene shows together.
    String prompt =
        TrajectoryFile.read(folder.resolve("targets.safetensors"))
            .get(0)
            .condition()
            .captionText()
            .orElseThrow();
    assertThat(Files.readString(folder.resolve("scenes/held-out.jsonl"))).contains(prompt);
    assertThat(page).contains(prompt, "Where a part is outlined");
    JsonNode manifest = Json.read(folder.resolve("attribution/manifest.json"));
    assertThat(manifest.at("/inputs/targets").asInt()).isEqualTo(3);
    assertThat(manifest.at("/settings/masks")).hasSize(3);
  }

  @Test
  void withoutFindingsItSaysSo() {
    CommandRun run = quickstart("12", "1", "1");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("Nothing in these scores stands out from what chance alone would give.")
        .doesNotContain("\n* ");
  }

  @Test
  void theWholeWayEndsInAPageAndIsNotGoneTwice() throws IOException {
    CommandRun run = quickstart();
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("A first page is there", "The page is file:").contains("\n* ");
    JsonNode manifest = Json.read(folder.resolve("run.json"));
    assertThat(manifest.path("stages").fieldNames())
        .toIterable()
        .containsExactly(
            "train",
            "sample",
            "featurize",
            "attribute",
            "featurize-again",
            "attribute-again",
            "report");
    assertThat(manifest.path("images").asInt()).isEqualTo(24);
    // The default estimator, on preconditioned features of the default projection.
    assertThat(Json.read(folder.resolve("attribution/manifest.json")).at("/settings/estimator"))
        .hasToString("\"ek-fac\"");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("ek-fac")
        .doesNotContain(folder.toString());
    Map<String, String> before = Snapshot.withoutTimes(folder);
    CommandRun again = quickstart();
    assertThat(again.status()).isZero();
    assertThat(again.out()).contains("(done before)");
    Map<String, String> after = Snapshot.withoutTimes(folder);
    before.remove("run.json");
    after.remove("run.json");
    assertThat(after).isEqualTo(before);
  }
}
