package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link YourArchitecture} goes through the command line as any other. */
class OwnArchitectureTest {
  @TempDir static Path root;

  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = new TinyFlow(root);
    Files.writeString(
        flow.config(),
        """
        {"model": {"_class_name": "YourDenoiser", "width": 6, "act_fn": "gelu"},
         "training": {"steps": 12, "batchSize": 8}}
        """);
    for (String[] stage :
        List.of(
            flow.train(),
            flow.sample("--labels", "1,7"),
            flow.featurize(),
            flow.attribute(),
            flow.report())) {
      runs(stage);
    }
  }

  @Test
  void itsCheckpointIsADiffusersFolder() {
    ObjectNode config = Json.read(flow.member().resolve("unet/config.json"));
    assertThat(config.path("_class_name").textValue()).isEqualTo("YourDenoiser");
    assertThat(config.path("width").intValue()).isEqualTo(6);
    assertThat(Json.read(flow.member().resolve("model_index.json")).path("unet").path(1).asText())
        .isEqualTo("YourDenoiser");
    assertThat(
            Safetensors.open(flow.member().resolve("unet/diffusion_pytorch_model.safetensors"))
                .names())
        .containsExactly(
            "first.weight",
            "first.bias",
            "time.weight",
            "time.bias",
            "classes.weight",
            "norm.weight",
            "norm.bias",
            "last.weight",
            "last.bias");
    assertThat(runs("inspect", flow.member().toString()))
        .contains("can be used, for images of 1×8×8");
  }

  @Test
  void gradientsLayerByLayerAreThoseOfEachImageAlone() {
    float[] layers = gradients("layerwise");
    float[] images = gradients("one_image");
    assertThat(layers).hasSameSizeAs(images).hasSize(24 * 199);
    double largest = 0;
    for (float number : images) {
      largest = Math.max(largest, Math.abs(number));
    }
    for (int i = 0; i < images.length; i++) {
      assertThat(Math.abs(layers[i] - images[i])).isLessThan((float) (1e-5 * largest));
    }
  }

  private static float[] gradients(String way) {
    Path out = root.resolve(way);
    runs(
        flow.featurize(
            "--gradients",
            way,
            "--out",
            out.toString(),
            "--projection",
            "none",
            "--preconditioner",
            "none",
            "--dtype",
            "f32"));
    Npy shard = Npy.map(out.resolve("member-000/shard-00000.npy"));
    float[] numbers = new float[shard.count()];
    shard.read(0, numbers, 0, numbers.length);
    return numbers;
  }

  @Test
  void optionsItDoesNotHaveAreRefusedByName() throws IOException {
    Path wrong = Files.createDirectories(root.resolve("wrong"));
    Files.copy(
        flow.member().resolve("unet/diffusion_pytorch_model.safetensors"),
        wrong.resolve("diffusion_pytorch_model.safetensors"));
    for (String[] lie :
        new String[][] {
          {"{\"_class_name\": \"YourDenoiser\", \"depth\": 3, \"width\": \"6\"}", "depth 3"},
          {"{\"_class_name\": \"YourDenoiser\", \"width\": 7}", "fit its config.json"},
          {"{\"_class_name\": \"MyDenoiser\"}", "UNet2DModel or YourDenoiser"},
          {"{\"_class_name\": \"UNet2DModel\"}", "no weights of a UNet2DModel"},
        }) {
      Files.writeString(wrong.resolve("config.json"), lie[0]);
      CommandRun run = CommandRun.of("inspect", wrong.toString());
      assertThat(run.out()).contains("cannot be used", lie[1]);
    }
  }
}
