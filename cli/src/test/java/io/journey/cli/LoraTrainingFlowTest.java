package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.array.Safetensors;
import io.journey.model.Checkpoint;
import io.journey.model.LayeredDenoiser;
import io.journey.model.LoraConfig;
import io.journey.model.LoraWriter;
import io.journey.random.Seed;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A LoRA tuned on a small Stable Diffusion pipeline, from training to the checks, as a user types
 * it.
 */
class LoraTrainingFlowTest {
  private static final Path GOLDEN = Path.of("../diffusion/src/test/resources/golden");
  private static final String BASE = GOLDEN.resolve("pipeline").toString();
  private static final String DATA = "../data/coco?size=8&limit=8";
  private static final String CONFIG =
      """
      {"training": {"steps": 8, "batchSize": 4, "learningRate": 0.02}}
      """;

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  private static String[] train(String... changes) {
    String[] line = flow.train("--data", DATA, "--from", BASE, "--lora", "2", "--count", "2");
    return TinyFlow.changed(line, changes);
  }

  private static String[] attribute(String... changes) {
    return TinyFlow.changed(flow.attribute("--timesteps", "101,301"), changes);
  }

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = new TinyFlow(root);
    Files.writeString(flow.config(), CONFIG);
    runs(train());
    runs(TinyFlow.with(flow.sample("--guidance", "2"), "--prompt", "a cat"));
    runs(flow.featurize("--data", DATA));
    runs(attribute());
    runs(flow.report("--data", DATA));
  }

  @Test
  void theDirectoryHoldsThePairsAndRefersToTheRest() throws IOException {
    assertThat(flow.member().resolve("pytorch_lora_weights.safetensors")).exists();
    for (String elsewhere : new String[] {"vae", "text_encoder", "tokenizer", "member-000/unet"}) {
      assertThat(flow.checkpoints().resolve(elsewhere)).doesNotExist();
    }
    JsonNode manifest = Json.read(flow.checkpoints().resolve("manifest.json"));
    JsonNode base = manifest.at("/inputs/base/member-001");
    assertThat(Path.of(base.get("path").asText()).toRealPath())
        .isEqualTo(Path.of(BASE).toRealPath());
    try (Checkpoint pipeline = Checkpoint.read(Path.of(BASE))) {
      assertThat(base.get("checkpoint").asText()).isEqualTo(pipeline.fingerprint());
    }
    assertThat(manifest.at("/settings/lora/rank").asInt()).isEqualTo(2);
    Json.read(flow.features().resolve("manifest.json"))
        .at("/inputs/weights")
        .fieldNames()
        .forEachRemaining(name -> assertThat(name).matches(".+\\.lora_[AB]\\.weight"));
    assertThat(runs("inspect", flow.member().toString())).contains("on", "golden/pipeline");
    runs("inspect", "--verify", flow.checkpoints().toString());
  }

  @Test
  void grownItIsTheSameToTheByte() {
    String out = folder.resolve("checkpoints").toString();
    runs(train("--out", out, "--count", "1"));
    runs(train("--out", out));
    for (int m = 0; m < 2; m++) {
      String file = "member-00" + m + "/pytorch_lora_weights.safetensors";
      assertThat(Path.of(out, file)).hasSameBinaryContentAs(flow.checkpoints().resolve(file));
    }
  }

  @Test
  void asALoraOnItsBaseItIsTheMember() {
    Path targets = folder.resolve("targets.safetensors");
    String[] sample =
        flow.sample(
            "--guidance",
            "2",
            "--checkpoint",
            BASE,
            "--lora",
            flow.member().toString(),
            "--out",
            targets.toString());
    runs(TinyFlow.with(sample, "--prompt", "a cat"));
    assertThat(Safetensors.open(targets).floats("image"))
        .isEqualTo(Safetensors.open(flow.targets()).floats("image"));
    Path other = folder.resolve("attribution");
    runs(attribute("--target", targets.toString(), "--out", other.toString()));
    assertThat(other.resolve("scores.npy"))
        .hasSameBinaryContentAs(flow.attribution().resolve("scores.npy"));
  }

  @Test
  void ownEncodersAreKeptInTheDirectory() {
    Path out = folder.resolve("checkpoints");
    String lora = BASE + "+lora:" + GOLDEN.resolve("pipeline-lora");
    String[] line = flow.train("--data", DATA, "--from", lora, "--count", "1");
    runs(TinyFlow.changed(line, "--out", out.toString()));
    assertThat(out.resolve("text_encoder/config.json")).exists();
    assertThat(out.resolve("vae")).doesNotExist();
    assertThat(Safetensors.open(out.resolve("member-000").resolve(LoraWriter.FILE)).names())
        .hasSize(64);
    Path targets = folder.resolve("targets.safetensors");
    String[] sample =
        flow.sample(
            "--checkpoint", out.resolve("member-000").toString(), "--out", targets.toString());
    runs(TinyFlow.with(sample, "--prompt", "a cat"));
  }

  @Test
  void checksByRetrainingTuneAgain() {
    String[] lds = flow.lds(folder, "--data", DATA, "--timesteps", "101,301", "--seeds", "1");
    assertThat(runs(lds)).contains("ek-fac");
    String[] forget = {
      "evaluate",
      "forget",
      "--checkpoints",
      flow.checkpoints().toString(),
      "--data",
      DATA,
      "--target",
      flow.targets().toString(),
      "--attribution",
      flow.attribution().toString(),
      "--timestep",
      "301",
      "--remove",
      "2",
      "--targets",
      "1",
      "--out",
      folder.resolve("forget").toString()
    };
    runs(forget);
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    String out = folder.resolve("out").toString();
    refuses("a LoRA is trained on a checkpoint", flow.train("--lora", "2", "--out", out));
    refuses("--lora-layers needs --lora", flow.train("--lora-layers", "to_q", "--out", out));
    refuses("no layer whose name ends with to_z", train("--lora-layers", "to_z", "--out", out));
    refuses("has a LoRA already", train("--from", flow.checkpoints().toString(), "--out", out));
    Path untrained = folder.resolve("untrained");
    try (Checkpoint checkpoint = Checkpoint.read(Path.of(BASE))) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      LoraConfig.of(1).adapt(model, Seed.of(1));
      LoraWriter.write(untrained, model);
    }
    refuses(
        "lora_B are 0 everywhere",
        flow.featurize(
            "--data", DATA, "--checkpoints", BASE, "--lora", untrained.toString(), "--out", out));
    refuses(
        "a LoRA belongs to one",
        flow.featurize("--data", DATA, "--lora", untrained.toString(), "--out", out));
  }
}
