package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.Json;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train --from} and a larger {@code --count}, as a user types them. */
class TrainingOnTest {
  private static final Path GOLDEN = Path.of("../base/src/test/resources/golden/checkpoints");

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void train() throws IOException {
    flow = new TinyFlow(root);
    Files.writeString(
        flow.config(),
        TinyFlow.CONFIG.replace("\"steps\"", "\"learningRateSteps\": 20, \"steps\""));
    runs(flow.train());
  }

  private String[] on(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("train", "--data", TinyFlow.DATA, "--out", folder.resolve("on").toString()));
    line.addAll(List.of(more));
    return line.toArray(String[]::new);
  }

  private void refuses(String sentence, String... more) {
    CommandRun.refuses(sentence, on(more));
    assertThat(folder.resolve("on")).doesNotExist();
  }

  /** Only the number of further steps is said; everything else is that of the ensemble. */
  @Test
  void furtherStepsOfAnEnsembleEndInTheBytesOfOneLongRun() throws IOException {
    Path whole = folder.resolve("whole");
    runs(flow.train("--out", whole.toString(), "--training-steps", "20"));
    Map<String, String> before = Snapshot.of(flow.checkpoints());
    String said = runs(on("--from", flow.checkpoints().toString(), "--training-steps", "8"));
    assertThat(said).contains("Checkpoints of 2 models are in").doesNotContain("keeps no state");
    assertThat(Snapshot.of(flow.checkpoints())).isEqualTo(before);
    for (String member : List.of("member-000", "member-001")) {
      for (String file :
          List.of("unet/diffusion_pytorch_model.safetensors", "training_state.safetensors")) {
        assertThat(folder.resolve("on").resolve(member).resolve(file))
            .hasSameBinaryContentAs(whole.resolve(member).resolve(file));
      }
    }
    assertThat(runs(on("--from", flow.checkpoints().toString(), "--training-steps", "8")))
        .isEqualTo(said);
    CommandRun verified = CommandRun.of("inspect", "--verify", folder.resolve("on").toString());
    assertThat(verified.status()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("from");
  }

  @Test
  void oneMoreMemberIsAddedToAFinishedDirectory() throws IOException {
    TinyFlow grown = new TinyFlow(folder);
    Files.copy(flow.config(), grown.config());
    runs(grown.train());
    runs(grown.sample());
    runs(grown.featurize());
    runs(grown.attribute());
    Map<String, String> before = Snapshot.withoutTimes(grown.checkpoints());
    assertThat(runs(grown.train("--count", "3"))).contains("Checkpoints of 3 models are in");
    Map<String, String> after = Snapshot.withoutTimes(grown.checkpoints());
    before.remove("manifest.json");
    assertThat(after).containsAllEntriesOf(before);
    Path whole = folder.resolve("whole");
    runs(grown.train("--count", "3", "--out", whole.toString()));
    assertThat(after).isEqualTo(Snapshot.withoutTimes(whole));
    // Features of the two serve as before, to the byte.
    Path again = folder.resolve("again");
    assertThat(runs(grown.attribute("--out", again.toString())))
        .contains("was made with 2 of the 3 checkpoints: the others are not asked");
    assertThat(Snapshot.withoutTimes(again)).isEqualTo(Snapshot.withoutTimes(grown.attribution()));
  }

  /** The same weights in other forms (tools/golden/make_checkpoints.py). */
  @ParameterizedTest
  @CsvSource({"sharded", "bin", "bin-sharded", "early-names", "training/last.ckpt"})
  void aCheckpointOfAnyFormIsAStartingPoint(String form) {
    String weights = "member-000/unet/diffusion_pytorch_model.safetensors";
    String said = runs(on("--from", GOLDEN.resolve(form).toString(), "--training-steps", "2"));
    assertThat(said).contains("DDPM is assumed", "Checkpoints of 1 model are in");
    Path reference = folder.resolve("reference");
    String[] command =
        on("--from", GOLDEN.resolve("reference").toString(), "--training-steps", "2");
    command[4] = reference.toString();
    runs(command);
    assertThat(folder.resolve("on").resolve(weights))
        .hasSameBinaryContentAs(reference.resolve(weights));
  }

  @Test
  void aDiffusersFolderStartsEveryMember() throws IOException {
    Path foreign = folder.resolve("foreign");
    runs(
        "export",
        "--checkpoint",
        flow.member().toString(),
        "--out",
        foreign.toString(),
        "--dtype",
        "f16");
    String said = runs(on("--from", foreign.toString(), "--training-steps", "2", "--count", "2"));
    assertThat(said).contains("keeps no state of its training: Adam starts anew");
    assertThat(Json.read(folder.resolve("on/manifest.json")).at("/inputs/from/member-001").size())
        .isEqualTo(1);
  }

  @Test
  void aModelWithDropoutIsTrainedOnWithoutIt() throws IOException {
    Path foreign = folder.resolve("foreign");
    runs("export", "--checkpoint", flow.member().toString(), "--out", foreign.toString());
    Path config = foreign.resolve("unet/config.json");
    Files.write(config, Json.bytes(Json.read(config).put("dropout", 0.1)));
    refuses("set dropout to 0", "--from", foreign.toString(), "--training-steps", "1");
    Path without = folder.resolve("without.json");
    Files.writeString(without, "{\"model\": {\"dropout\": 0.0}}");
    String[] off = {
      "--from", foreign.toString(), "--training-steps", "1", "--config", without.toString()
    };
    runs(on(off));
    assertThat(Json.read(folder.resolve("on/member-000/unet/config.json")).has("dropout"))
        .isFalse();
  }

  @Test
  void whatDoesNotFitTheCheckpointIsRefusedInOneSentence() throws IOException {
    String from = flow.checkpoints().toString();
    refuses(
        "the checkpoint to start from has attention_head_dim 4, this run asks for 8",
        "--from",
        from,
        "--preset",
        "tiny");
    Path config = folder.resolve("other.json");
    Files.writeString(config, "{\"model\": {\"layers_per_block\": 2}}");
    refuses(
        "the checkpoint to start from has layers_per_block 1, this run asks for 2",
        "--from",
        from,
        "--config",
        config.toString());
    Files.writeString(config, "{\"scheduler\": {\"prediction_type\": \"v_prediction\"}}");
    refuses("prediction_type", "--from", from, "--config", config.toString());
    refuses(
        "the one to start from has none: leave it out",
        "--from",
        from,
        "--classes",
        "--training-steps",
        "1");
    String[] colours = on("--from", from);
    colours[2] = TinyFlow.DATA + "&channels=3";
    CommandRun refused = CommandRun.of(colours);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("or add channels=1 to the data's name");
    refuses("learningRateSteps is 20", "--from", from, "--training-steps", "9");
    refuses(
        "has 2 checkpoints, checkpoint 2 has none",
        "--from",
        from,
        "--training-steps",
        "1",
        "--count",
        "3");
    refuses(
        "is a program, which cannot be trained",
        "--from",
        "torchscript:" + GOLDEN + "/torchscript/model.pt",
        "--training-steps",
        "1");
    refuses("nothing-there", "--from", folder.resolve("nothing-there").toString());
  }
}
