package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.dataset.MemoryDataset;
import io.journey.results.Attribution;
import io.journey.results.EvaluationResult;
import io.journey.results.FakeAttribution;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Audit.LeftOut;
import io.journey.results.audit.AuditRule;
import io.journey.results.audit.Change;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of audits that nobody made: what they say, and that names stay text. */
class AuditReportTest {
  private static final String ODD = "</script><b>Kø, \"benhavn\"\u202e";
  private static final AuditRule RULE = new AuditRule(0.05, 2, 0.5);

  @TempDir Path folder;
  private MemoryDataset data;

  @BeforeEach
  void attribute() {
    data = new MemoryDataset(1, 2, 2).classes("even", ODD);
    for (int i = 0; i < 30; i++) {
      data.add(i == 4 ? ODD : "" + i, i % 2, i, 0, 0, 1);
    }
    FakeAttribution fake =
        new FakeAttribution(
            new int[] {100, 500}, new float[1][4], FakeAttribution.noise(3, 2, 1, 30, 5));
    fake.overSteps = true;

    fake.write(folder.resolve("attribution"), data);
  }

  /**
   * An audit without the fifth image, that changes the picture {@code own} times as random does.
   */
  private void audit(double own, boolean drawn, boolean onward) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change(ODD, Removed.CANDIDATE, 0, 0, own));
    for (int r = 0; r < 19; r++) {
      changes.add(new Change(ODD, Removed.RANDOM, r, 0, 0.9 + 0.01 * r));
    }
    changes.add(new Change("", Removed.NOTHING, 0, 0, 2));
    List<Judgement> judged = RULE.judge(changes, Map.of(ODD, 1));
    ObjectNode settings = Json.object().put("random_sets", 19);
    settings.putObject("rule").put("level", 0.05).put("times_random", 2.0).put("times_seed", 0.5);
    ObjectNode training = settings.putObject("training").put("seed", 3);
    if (onward) {
      training.put("base", "abc");
    }
    ObjectNode inputs = Json.object().put("data", data.fingerprint());
    try (RunDirectory run =
        RunDirectory.claim(folder.resolve("audit"), Audit.KIND, settings, inputs)) {
      if (drawn) {
        Safetensors.Writer pictures = new Safetensors.Writer();
        pictures.add(Audit.ALL, new float[4], 1, 1, 2, 2);
        pictures.add(Audit.pictures(Removed.CANDIDATE), new float[4], 1, 1, 2, 2);
        pictures.add(Audit.pictures(Removed.RANDOM), new float[76], 19, 1, 2, 2);
        pictures.add(Audit.pictures(Removed.NOTHING), new float[4], 1, 1, 2, 2);
        run.write(Audit.PICTURES, pictures::writeTo);
      }
      EvaluationResult.of("Audit", "What?")
          .warning("Take <care>.")
          .table(Audit.CHANGES, Csv.table(Change.class, changes))
          .table(Audit.JUDGEMENTS, Csv.table(Judgement.class, judged))
          .table(Audit.LEFT_OUT, Csv.table(LeftOut.class, List.of(new LeftOut(ODD, 4, data.id(4)))))
          .write(run);
      run.finish(Json.object());
    }
  }

  private JsonNode report() throws IOException {
    AuditReport.of(
            Attribution.open(folder.resolve("attribution")),
            List.of(),
            Audit.open(folder.resolve("audit")),
            data,
            COMMAND)
        .write(folder.resolve("audit.html"), folder.resolve("audit.json"));
    return Json.read(folder.resolve("audit.json"));
  }

  private static final String COMMAND = "journey audit --target '<b>.safetensors' --index 3";

  @Test
  void theCommandThatRepeatsItIsInBothFiles() throws IOException {
    audit(3, true, false);
    assertThat(report().at("/repeat/command").asText()).isEqualTo(COMMAND);
    assertThat(page())
        .contains("journey audit --target &#39;&lt;b&gt;.safetensors&#39; --index 3 --out")
        .doesNotContain("<b>.safetensors");
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("audit.html"));
  }

  @Test
  void anAttributedPictureIsSaidToBeOneWithTheRuleAndNamesAsText() throws IOException {
    audit(3, true, false);
    JsonNode json = report();
    assertThat(json.path("verdict").asText()).isEqualTo("attributed");
    assertThat(json.at("/candidates/0/name").asText()).isEqualTo(ODD);
    assertThat(json.at("/candidates/0/p").asDouble()).isEqualTo(0.05);
    assertThat(json.at("/images/ranked")).hasSize(20);
    assertThat(json.at("/repeat/audit/settings/training/seed").asInt()).isEqualTo(3);
    String page = page();
    assertThat(page)
        .contains("<p class=\"decision\">Attributed to these</p>")
        .contains(
            "The drawing depends on this one image", "Of 19 sets of images at random none changed")
        .contains(
            "Without them it changes 3.0 times as much as without",
            "1.5 times as much as by training")
        .contains("more than without any of 19 sets", "Take &lt;care&gt;.")
        .contains("no image contributed so many per cent")
        // ℓ2 of 3 over four pixels, of a range of 2.
        .contains("a pixel moves by 0.75 of the way from black to white");
    assertThat(page)
        .doesNotContain("<b>K", "\u202e", "<script", "http:", "https:", "style=\"")
        .doesNotContainPattern("\\d+(\\.\\d+)? ?% of the picture");
    assertThat(page.split("<circle", -1)).hasSize(1 + 1 + 19 + 1);
    // The same once more, to the byte.
    report();
    assertThat(page()).isEqualTo(page);
  }

  @Test
  void whereRandomImagesDoAsMuchItIsNobody() throws IOException {
    audit(1, true, true);
    assertThat(report().path("words").asText()).isEqualTo("to nobody in particular");
    assertThat(page())
        .contains("<p class=\"decision\">To nobody in particular</p>")
        .contains("does no more to it than leaving out others might")
        .contains("Of 19 sets of images at random 9 changed it as much")
        .contains("Trained on, with all images");
  }

  @Test
  void lessThanTwiceIsWeakAndAPictureThatNoModelDrewHasNoDrawings() throws IOException {
    audit(1.5, false, false);
    assertThat(report().path("measured").asText()).isEqualTo("mean ln of the loss");
    assertThat(page())
        .contains("<p class=\"decision\">Weakly attributed</p>", "The picture asked about")
        .contains("there is no random start to draw it from again")
        .doesNotContain("Without as many others (typical)");
  }

  @Test
  void anAuditThatIsDamagedIsRefused() throws IOException {
    audit(3, true, false);
    Files.writeString(folder.resolve("audit").resolve(Audit.JUDGEMENTS), "candidate\n");
    assertThatThrownBy(this::report)
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(Audit.JUDGEMENTS);
  }
}
