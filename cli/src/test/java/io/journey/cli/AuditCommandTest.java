package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.results.audit.Audit;
import io.journey.run.Json;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit as a user types it, of tiny models of garments. */
class AuditCommandTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void make() throws IOException {
    flow = TinyFlow.made(root);
  }

  private static String[] audit(Path out, String... changes) {
    String[] command = {
      "audit",
      "--checkpoints",
      flow.checkpoints().toString(),
      "--features",
      flow.features().toString(),
      "--data",
      TinyFlow.DATA,
      "--target",
      flow.targets().toString(),
      "--timesteps",
      "100,300",
      "--models",
      root.resolve("models").toString(),
      "--remove",
      "3",
      "--out",
      out.toString()
    };
    return TinyFlow.changed(command, changes);
  }

  private static String[] without(String[] command, String option) {
    int at = Arrays.asList(command).indexOf(option);
    String[] line = new String[command.length - 2];
    System.arraycopy(command, 0, line, 0, at);
    System.arraycopy(command, at + 2, line, at, line.length - at);
    return line;
  }

  @Test
  void onePictureInOneReportOutAndTheSameToTheByteAgain() throws IOException {
    Path out = folder.resolve("out");
    String said = runs(audit(out, "--index", "1"));
    JsonNode json = Json.read(out.resolve("audit.json"));
    assertThat(json.path("verdict").asText()).isIn("attributed", "weakly", "nobody");
    JsonNode one = json.path("candidates").get(0);
    assertThat(one.path("ids")).hasSize(3);
    assertThat(one.path("random_sets")).hasSize(19);
    assertThat(one.path("p").asDouble()).isBetween(0.05, 1.0);
    assertThat(json.at("/repeat/audit/settings/training/coupling").asText()).isEqualTo("COUPLED");
    assertThat(json.path("trained").asText()).isEqualTo("from the beginning");
    assertThat(json.path("images").path("ranked")).hasSize(20);
    assertThat(json.path("images").path("ranked").get(0).path("interval")).hasSize(2);
    String page = Files.readString(out.resolve("audit.html"));
    assertThat(page)
        .contains("Whose images made this picture?", "The rule that gave the verdict")
        .contains(json.path("rule").path("words").asText().replace("“", "<bdi>“").substring(0, 20));
    assertThat(page).doesNotContain("<script", "http://", "https://", "{{");
    assertThat(page.split("<circle class=\"random\"", -1)).hasSize(1 + 19);
    // The ensemble has two checkpoints, a third training seed is asked for beside.
    assertThat(page.split("<circle class=\"seed\"", -1)).hasSize(1 + 3);
    Map<String, String> before = Snapshot.of(folder);
    assertThat(runs(audit(out, "--index", "1"))).isEqualTo(said);
    assertThat(Snapshot.of(folder)).isEqualTo(before);
    Path other = folder.resolve("other");
    String models = folder.resolve("models").toString();
    runs(audit(other, "--index", "1", "--threads", "1", "--models", models));
    assertThat(Snapshot.withoutTimes(other)).isEqualTo(Snapshot.withoutTimes(out));
    assertThat(json.at("/repeat/command").asText())
        .startsWith("journey audit --checkpoints ")
        .contains("--index 1")
        .doesNotContain("--out", "--threads");
    refuses("trajectories", audit(out, "--index", "0"));
  }

  @Test
  void aColumnThatThereIsNotIsRefusedBeforeAnythingIsScored() {
    Path out = folder.resolve("nothing");
    refuses("has no columns beside", without(audit(out, "--group", "nope"), "--remove"));
    assertThat(out).doesNotExist();
  }

  @Test
  void theStrongestGroupIsLeftOutWholeAndItsNameIsText() throws IOException {
    Dataset data = Datasets.open(TinyFlow.DATA);
    StringBuilder table = new StringBuilder("id,group\n");
    for (int i = 0; i < data.size(); i++) {
      table.append(data.id(i)).append(',').append(i < 20 ? "<b>" + i % 5 : "e").append('\n');
    }
    Path file = Files.writeString(folder.resolve("groups.csv"), table);
    Path out = folder.resolve("out");
    String[] command = audit(out, "--group", "@" + file, "--candidates", "2");
    runs(without(command, "--remove"));
    Audit audit = Audit.open(out.resolve("retraining"));
    assertThat(audit.judgements()).hasSize(2);
    Set<String> named = new HashSet<>();
    audit.judgements().forEach(one -> named.add(one.candidate()));
    JsonNode ranked = Json.read(out.resolve("audit.json")).at("/groups/0/ranked");
    assertThat(named)
        .containsExactlyInAnyOrder(
            ranked.get(0).path("group").asText(), ranked.get(1).path("group").asText());
    assertThat(audit.left()).hasSize(8);
    assertThat(Files.readString(out.resolve("audit.html")))
        .doesNotContain("<b>")
        .contains("&lt;b&gt;", "Groups by @groups.csv");
  }

  @Test
  void aPictureFromElsewhereIsAskedAboutByTheLossAndModelsMayBeTrainedOnward() throws IOException {
    float[] image = new float[64];
    Datasets.open(TinyFlow.DATA).read(3, image, 0);
    Path picture = folder.resolve("shoe.png");
    ImageIO.write(GreyPicture.of(image, 8), "png", picture.toFile());
    Path out = folder.resolve("out");
    String[] command =
        without(
            audit(
                out,
                "--image",
                picture.toString(),
                "--models",
                folder.resolve("onward").toString(),
                "--onward",
                "3"),
            "--target");
    assertThat(runs(command)).contains("did not draw", "the model’s loss on the picture rises");
    JsonNode json = Json.read(out.resolve("audit.json"));
    assertThat(json.path("measured").asText()).isEqualTo("mean ln of the loss");
    assertThat(json.path("trained").asText()).isEqualTo("on from the checkpoint");
    assertThat(json.path("warnings").get(0).asText()).contains("trained on for 3 steps");
    assertThat(Files.readString(out.resolve("audit.html")))
        .contains(
            "This picture was not drawn by the model", "no random start to draw it from again");
    Path two = Files.createDirectories(folder.resolve("two"));
    Files.copy(picture, two.resolve("a.png"));
    Files.copy(picture, two.resolve("b.png"));
    refuses(
        "an audit asks about one picture", TinyFlow.changed(command, "--image", two.toString()));
  }

  @Test
  void whatGivesNoVerdictIsRefusedInASentence() {
    Path out = folder.resolve("out");
    refuses("--random-sets must be between 19 and 999", audit(out, "--random-sets", "18"));
    refuses("half of the 24 images", audit(out, "--remove", "13"));
    refuses("--index must be below the 2 of the file", audit(out, "--index", "2"));
  }

  /** Every image is a stratum of its own: there is none like one that is left out. */
  @Test
  void strataWithoutOtherImagesAreRefused() throws IOException {
    Dataset data = Datasets.open(TinyFlow.DATA);
    StringBuilder table = new StringBuilder("id,group\n");
    for (int i = 0; i < data.size(); i++) {
      table.append(data.id(i)).append(',').append(i).append('\n');
    }
    Path file = Files.writeString(folder.resolve("own.csv"), table);
    CommandRun run = CommandRun.of(audit(folder.resolve("out"), "--strata", "@" + file));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("only 0 images like the 3 of the 3 strongest images");
    assertThat(folder.resolve("out/retraining")).doesNotExist();
  }
}
