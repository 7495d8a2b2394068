package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.LoraSpec;
import io.journey.run.AtomicFile;
import io.journey.run.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A LoRA put on a small Stable Diffusion pipeline, as a user types it. */
class LoraFlowTest {
  private static final Path GOLDEN = Path.of("../diffusion/src/test/resources/golden");
  private static final String BASE = GOLDEN.resolve("pipeline").toString();
  private static final String LORA = GOLDEN.resolve("pipeline-lora").toString();
  private static final String DATA = "../data/coco?size=8&limit=6";

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  private static String[] sample(String... changes) {
    String[] line = {"--checkpoint", BASE, "--prompt", "a cat", "--guidance", "2"};
    return TinyFlow.changed(flow.sample(line), changes);
  }

  private static String[] featurize(String... changes) {
    return TinyFlow.changed(flow.featurize("--checkpoints", BASE, "--data", DATA), changes);
  }

  private static String[] attribute(String... changes) {
    return TinyFlow.changed(
        flow.attribute("--checkpoints", BASE, "--timesteps", "101,301"), changes);
  }

  @BeforeAll
  static void goTheWayOnce() {
    flow = new TinyFlow(root);
    assertThat(runs(sample("--lora", LORA)))
        .contains("changes 8 layers of the text encoder: it was added to their weights");
    assertThat(runs(featurize("--lora", LORA))).contains("Features of 6 images");
    runs(attribute("--lora", LORA));
  }

  @Test
  void thetaIsThePairsAlone() {
    ObjectNode inputs =
        (ObjectNode) Json.read(flow.features().resolve("manifest.json")).get("inputs");
    inputs
        .get("weights")
        .fieldNames()
        .forEachRemaining(name -> assertThat(name).matches(".+\\.lora_[AB]\\.weight"));
    assertThat(inputs.get("weights")).hasSize(2 * 32);
    CheckpointSpec spec =
        CheckpointSpec.parse(BASE).withLora(LoraSpec.of(Path.of(LORA))).absolute();
    Ensemble ensemble = Ensemble.open(spec);
    assertThat(ensemble.spec(ensemble.checkpointNames().get(0))).isEqualTo(spec);
    assertThat(inputs.at("/checkpoints/pipeline").asText())
        .isEqualTo(ensemble.first().fingerprint());
  }

  @Test
  void theTextEncoderIsAnotherThanWithoutIt() {
    Path other = folder.resolve("features");
    runs(featurize("--out", other.toString()));
    ObjectNode with = Json.read(flow.features().resolve("encoding/manifest.json"));
    ObjectNode without = Json.read(other.resolve("encoding/manifest.json"));
    assertThat(with.at("/inputs/text_encoder")).isNotEqualTo(without.at("/inputs/text_encoder"));
    assertThat(with.at("/inputs/codec")).isEqualTo(without.at("/inputs/codec"));
    refuses(
        "has no features of",
        attribute("--features", other.toString(), "--out", folder + "/a", "--lora", LORA));
    refuses("checkpoint", attribute("--out", folder.resolve("b").toString()));
  }

  @Test
  void exportedMergedItIsThePipelineThatThePairsMake() {
    Path merged = folder.resolve("merged");
    runs("export", "--checkpoint", BASE, "--lora", LORA, "--merge", "--out", merged.toString());
    Path targets = folder.resolve("targets.safetensors");
    runs(sample("--checkpoint", merged.toString(), "--out", targets.toString()));
    float[] own = Safetensors.open(flow.targets()).floats("image");
    float[] other = Safetensors.open(targets).floats("image");
    runs(sample("--out", folder.resolve("plain.safetensors").toString()));
    float[] plain = Safetensors.open(folder.resolve("plain.safetensors")).floats("image");
    double largest = 0;
    for (int i = 0; i < own.length; i++) {
      assertThat(other[i]).isCloseTo(own[i], within(1e-3f));
      largest = Math.max(largest, Math.abs(own[i] - plain[i]));
    }
    assertThat(largest).isGreaterThan(0.1);
  }

  @Test
  void exportedAloneItIsTheSameLora() {
    Path alone = folder.resolve("alone");
    String[] export = {"export", "--checkpoint", BASE, "--lora", LORA, "--out", alone.toString()};
    assertThat(runs(export)).contains("without what it is put on");
    Path targets = folder.resolve("targets.safetensors");
    Path file = alone.resolve("pytorch_lora_weights.safetensors");
    Safetensors written = Safetensors.open(file);
    Safetensors given = Safetensors.open(Path.of(LORA).resolve(file.getFileName()));
    for (String name : written.names()) {
      assertThat(written.floats(name)).isEqualTo(given.floats(name));
    }
    runs(sample("--lora", file.toString(), "--out", targets.toString()));
    assertThat(targets).exists();
    refuses("is written as f32", TinyFlow.with(export, "--dtype", "f16"));
  }

  @Test
  void halfItsStrengthIsNamedInTwoWays() {
    Path targets = folder.resolve("targets.safetensors");
    runs(sample("--lora", LORA, "--lora-scale", "0.5", "--out", targets.toString()));
    Path same = folder.resolve("same.safetensors");
    runs(sample("--checkpoint", BASE + "+lora@0.5:" + LORA, "--out", same.toString()));
    assertThat(same).hasSameBinaryContentAs(targets);
    assertThat(Safetensors.open(targets).floats("image"))
        .isNotEqualTo(Safetensors.open(flow.targets()).floats("image"));
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    String out = folder.resolve("out").toString();
    String other = GOLDEN.resolve("lora/kohya.safetensors").toString();
    refuses("is a LoRA of another U-Net", sample("--lora", other, "--out", out));
    Path dora = folder.resolve("dora.safetensors");
    Safetensors.Writer writer = new Safetensors.Writer();
    for (String name : new String[] {"lora_A.weight", "lora_B.weight", "lora_magnitude_vector"}) {
      writer.add("unet.conv_in." + name, new float[4], 2, 2);
    }
    AtomicFile.write(dora, writer::writeTo);
    refuses("holds DoRA", sample("--lora", dora.toString(), "--out", out));
    refuses(
        "--lora", sample("--checkpoint", LORA + "/pytorch_lora_weights.safetensors", "--out", out));
    refuses("there is no such file", sample("--lora", folder + "/nothing", "--out", out));
    refuses("add --lora FILE", sample("--lora-scale", "2", "--out", out));
    refuses("a finite number and not 0", sample("--lora", LORA, "--lora-scale", "0", "--out", out));
    refuses(
        "a checkpoint takes one", sample("--checkpoint", BASE + "+lora:" + other, "--lora", LORA));
    refuses("has no LoRA to be merged", "export", "--checkpoint", BASE, "--merge", "--out", out);
    refuses("holds a LoRA and not what it is put on", sample("--checkpoint", LORA, "--out", out));
    String program =
        "torchscript:../base/src/test/resources/golden/checkpoints/torchscript-unet/model.pt";
    refuses("is a program", sample("--checkpoint", program, "--lora", LORA, "--out", out));
    assertThat(Path.of(out)).doesNotExist();
  }
}
