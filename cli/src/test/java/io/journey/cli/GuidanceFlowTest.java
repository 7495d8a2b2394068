package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classifier-free guidance, from training with dropped classes to the page. */
class GuidanceFlowTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = new TinyFlow(root);
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    runs(with(flow.train("--drop-classes", "0.3"), "--classes"));
    runs(flow.sample("--labels", "Bag,7", "--guidance", "3"));
    runs(flow.featurize());
    runs(flow.attribute());
    runs(flow.report());
  }

  @Test
  void theModelHasARowMoreAndSaysWhichItIs() {
    Path member = flow.member();
    assertThat(Json.read(member.resolve("unet/config.json")).path("num_class_embeds").asInt())
        .isEqualTo(11);
    ObjectNode index = Json.read(member.resolve("model_index.json"));
    assertThat(index.path("null_class").asInt(-1)).isEqualTo(10);
    assertThat(index.path("id2label")).hasSize(10);
    assertThat(
            Json.read(flow.checkpoints().resolve("manifest.json"))
                .at("/settings/training/dropClasses")
                .asDouble())
        .isEqualTo(0.3);
    Path copy = folder.resolve("copy");
    runs("export", "--checkpoint", member.toString(), "--out", copy.toString());
    assertThat(Json.read(copy.resolve("model_index.json"))).isEqualTo(index);
  }

  @Test
  void theRowIsNoClassOfImages() {
    Path out = folder.resolve("all.safetensors");
    runs(flow.sample("--out", out.toString(), "--count", "12"));
    assertThat(Safetensors.open(out).longs("labels"))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    refuses(
        "--labels must be 0 to 9, got 10",
        flow.sample("--out", folder.resolve("t").toString(), "--labels", "10"));
  }

  @Test
  void guidanceChangesThePictureAndIsTold() throws IOException {
    Safetensors guided = Safetensors.open(flow.targets());
    assertThat(guided.metadata()).containsEntry("guidance", "classifier-free:3.0");
    Path plain = folder.resolve("plain.safetensors");
    runs(flow.sample("--out", plain.toString(), "--labels", "Bag,7"));
    Safetensors unguided = Safetensors.open(plain);
    assertThat(unguided.metadata()).doesNotContainKey("guidance");
    assertThat(guided.part("xt", 0, 64)).isEqualTo(unguided.part("xt", 0, 64));
    assertThat(guided.floats("image")).isNotEqualTo(unguided.floats("image"));
    assertThat(
            Json.read(flow.attribution().resolve("manifest.json")).at("/inputs/guidance").asText())
        .isEqualTo("classifier-free:3.0");
    assertThat(Files.readString(flow.page())).contains("classifier-free:3.0");
    refuses(
        "guidance classifier-free:3.0, this run asks for none", flow.sample("--labels", "Bag,7"));
  }

  @Test
  void aGuidedDrawingIsContinuedUnderItsGuidance() {
    Path out = flow.emergence(flow.targets(), "300", folder);
    assertThat(out.resolve("manifest.json")).exists();
  }

  @Test
  void modelsOnSubsetsDropClassesToo() {
    runs(flow.lds(folder, "--draws", "4"));
    Path truth = folder.resolve("truth");
    assertThat(Json.read(truth.resolve("manifest.json")).toString())
        .contains("\"dropClasses\":0.3");
  }

  @Test
  void whatHasNoNullClassIsRefused() {
    Path plain = folder.resolve("plain");
    runs(with(flow.train("--out", plain.toString()), "--classes"));
    refuses(
        "member-000 has no null_class",
        flow.sample(
            "--checkpoint",
            plain.resolve("member-000").toString(),
            "--out",
            folder.resolve("t.safetensors").toString(),
            "--guidance",
            "2"));
    refuses(
        "needs a model with a table of classes",
        flow.train("--out", folder.resolve("none").toString(), "--drop-classes", "0.1"));
    refuses(
        "--drop-classes must be at least 0 and below 1, got 1",
        with(
            flow.train("--out", folder.resolve("none").toString(), "--drop-classes", "1"),
            "--classes"));
    refuses(
        "--guidance must be between 0 and 1000, got -1",
        flow.sample("--out", folder.resolve("t.safetensors").toString(), "--guidance", "-1"));
  }
}
