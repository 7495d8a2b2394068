package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.NamedTensors;
import io.journey.array.Safetensors;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of other architectures, by the names their code gives them. */
class ForeignWeightsTest {
  private static final Path GOLDEN = Path.of("../base/src/test/resources/golden/checkpoints");
  private static final Path TEXT = Path.of("src/test/resources/golden/condition/sd1-like");

  @TempDir Path folder;

  private Path weights(String... names) throws IOException {
    Safetensors.Writer writer = new Safetensors.Writer();
    for (String name : names) {
      writer.add(name, new float[1], 1);
    }
    Path file = folder.resolve("model.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ema_model.init_conv.weight model.time_mlp.1.weight model.final_conv.weight |"
            + " Unet of denoising-diffusion-pytorch; trace",
        "input_blocks.0.0.weight time_embed.0.weight out.2.weight | guided-diffusion",
        "model.diffusion_model.input_blocks.0.0.weight model.diffusion_model.time_embed.0.weight"
            + " first_stage_model.decoder.conv_out.weight | latent diffusion",
        "module.all_modules.1.weight module.all_modules.2.weight | score_sde",
        "conv_in.weight conv_out.weight temb.dense.0.weight down.0.block.0.conv1.weight |"
            + " first DDPM and DDIM code",
        "conv_in.weight time_embedding.linear_1.weight a.attn2.to_k.weight | text-conditional",
        "encoder.conv_in.weight encoder.conv_out.weight decoder.conv_in.weight"
            + " decoder.conv_out.weight | autoencoder",
        "a.lora_A.weight a.lora_B.weight | LoRA",
        "text_model.embeddings.token_embedding.weight | CLIP text",
        "layers.0.weight layers.1.weight |"
            + " 2 tensors, such as layers.0.weight, layers.1.weight",
      })
  void aForeignFileSaysWhatItIs(String names, String said) throws IOException {
    Path file = weights(names.strip().split(" "));
    // Whether or not somebody has put a configuration beside it.
    for (boolean configured : new boolean[] {false, true}) {
      if (configured) {
        Files.copy(GOLDEN.resolve("reference/config.json"), folder.resolve("config.json"));
      }
      assertThatThrownBy(() -> Checkpoint.read(file))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("model.safetensors holds no weights of a UNet2DModel")
          .hasMessageContaining(said)
          .hasMessageNotContaining("more");
    }
  }

  @Test
  void aUNetWithoutTextIsNoneWithText() throws IOException {
    Path file = weights("conv_in.weight", "conv_out.weight", "time_embedding.linear_1.weight");
    Files.copy(TEXT.resolve("config.json"), folder.resolve("config.json"));
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("holds no weights of a UNet2DConditionModel")
        .hasMessageContaining("without text (UNet2DModel); put the config.json that belongs to");
    NamedTensors own = NamedTensors.open(CheckpointFiles.locate(TEXT).weights());
    assertThatCode(() -> ForeignWeights.refuse(own, "UNet2DConditionModel"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> ForeignWeights.refuse(own, "UNet2DModel"))
        .hasMessageContaining("text-conditional U-Net of diffusers (UNet2DConditionModel); put");
  }

  @Test
  void aUNetIsNeverCalledForeign() throws IOException {
    for (String form : new String[] {"reference", "bin", "bin-sharded", "early-names"}) {
      NamedTensors file = NamedTensors.open(CheckpointFiles.locate(GOLDEN.resolve(form)).weights());
      assertThatCode(() -> ForeignWeights.refuse(file, "UNet2DModel")).doesNotThrowAnyException();
    }
  }

  /** An autoencoder has the first, the last and half of all other names of a U-Net, twice. */
  @Test
  void aUNetIsFoundBesideAnAutoencoder() throws IOException {
    Safetensors unet =
        Safetensors.open(CheckpointFiles.locate(GOLDEN.resolve("reference")).weights());
    Safetensors.Writer writer = new Safetensors.Writer();
    for (String name : unet.names()) {
      long[] shape = unet.shape(name).stream().mapToLong(Long::longValue).toArray();
      writer.add("state_dict.unet." + name, unet.floats(name), shape);
      if (!name.contains("time_") && !name.startsWith("down_blocks")) {
        writer.add("state_dict.vae.decoder." + name, unet.floats(name), shape);
      }
      if (!name.contains("time_") && !name.startsWith("up_blocks")) {
        writer.add("state_dict.vae.encoder." + name, unet.floats(name), shape);
      }
    }
    Path file = folder.resolve("model.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out);
    }
    Files.copy(GOLDEN.resolve("reference/config.json"), folder.resolve("config.json"));
    Checkpoint.Usable usable = Checkpoint.requireUsable(CheckpointSpec.of(file));
    assertThat(usable.sets()).containsExactly("state_dict.unet");
    assertThat(usable.weights()).isEqualTo(4877);
    try (Checkpoint found = Checkpoint.read(file);
        Checkpoint reference = Checkpoint.read(GOLDEN.resolve("reference"))) {
      assertThat(found.model().parameters().get()).isEqualTo(reference.model().parameters().get());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reference/diffusion_pytorch_model.safetensors | x.bin | is a safetensors file, expected",
        "training/last.ckpt | x.safetensors | is a PyTorch or other zip file, expected",
        "reference/config.json | x.pt | is a JSON file, expected",
      })
  void aFileUnderTheNameOfAnotherFormatSaysWhatItIs(String from, String name, String said)
      throws IOException {
    Path file = Files.copy(GOLDEN.resolve(from), folder.resolve(name));
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(name + " " + said);
    assertThatThrownBy(() -> NamedTensors.open(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(name + " " + said);
  }

  @Test
  void theHeadersSayWhatReadingWouldSay() throws IOException {
    for (String form : new String[] {"reference", "sharded", "bin", "fp16", "early-names"}) {
      CheckpointSpec spec = CheckpointSpec.of(GOLDEN.resolve(form));
      assertThat(Checkpoint.requireUsable(spec).images()).hasToString("1×8×8");
    }
    Path file = weights("conv_in.weight", "time_embedding.linear_1.weight", "stranger");
    Files.copy(GOLDEN.resolve("reference/config.json"), folder.resolve("config.json"));
    assertThatThrownBy(() -> Checkpoint.requireUsable(CheckpointSpec.of(file)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("config.json describes a model of at least");
  }

  @Test
  void anEndlessNumberIsFoundByReadingAlone() throws IOException {
    Path from = CheckpointFiles.locate(GOLDEN.resolve("reference")).weights();
    Safetensors whole = Safetensors.open(from);
    Safetensors.Writer writer = new Safetensors.Writer();
    for (String name : whole.names()) {
      float[] numbers = whole.floats(name);
      numbers[0] = name.equals("conv_in.bias") ? Float.NaN : numbers[0];
      boolean cut = name.equals("conv_out.bias");
      long[] shape = whole.shape(name).stream().mapToLong(Long::longValue).toArray();
      writer.add(cut ? "stranger" : name, numbers, shape);
    }
    Path file = folder.resolve("model.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out);
    }
    Files.copy(GOLDEN.resolve("reference/config.json"), folder.resolve("config.json"));
    assertThatThrownBy(() -> Checkpoint.requireUsable(CheckpointSpec.of(file)))
        .hasMessageContaining("lacks conv_out.bias; has the unknown tensor stranger:");
    assertThatThrownBy(() -> Checkpoint.read(file))
        .hasMessageContaining(
            "conv_in.bias holds a number that is not finite; lacks conv_out.bias");
  }

  @Test
  void aWholeUNetWithoutItsConfigurationAsksForIt() throws IOException {
    Path from = CheckpointFiles.locate(GOLDEN.resolve("reference")).weights();
    Path file = Files.copy(from, folder.resolve("x.safetensors"));
    assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("no config.json beside");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block_out_channels | [2147483646, 2147483646] | more than the 2147483647",
        "block_out_channels | [65536, 65536]           | more than the 2147483647",
        "block_out_channels | [4096, 4096]             | holds 4877",
        "layers_per_block   | 2147483647               | more than the 2147483647",
        "layers_per_block   | 20000000                 | more than the 2147483647",
        "layers_per_block   | 2000000                  | holds 4877",
        "in_channels        | 2147483647               | more than the 2147483647",
        "time_embedding_dim | 1000000                  | more than the 2147483647",
        "num_class_embeds   | 2147483647               | more than the 2147483647",
      })
  void aConfigurationIsHeldAgainstTheFileBeforeMemoryIsTaken(
      String field, String value, String said) throws IOException {
    Path from = CheckpointFiles.locate(GOLDEN.resolve("reference")).weights();
    Files.copy(from, folder.resolve(from.getFileName()));
    ObjectNode config = Json.read(GOLDEN.resolve("reference/config.json"));
    config.set(field, new ObjectMapper().readTree(value));
    Files.write(folder.resolve("config.json"), Json.bytes(config));
    assertThatThrownBy(() -> Checkpoint.read(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(said);
  }

  @Test
  void anArchitectureBeyondAnArrayIsRefusedWithoutAFileToo() {
    UNet2DConfig config =
        new UNet2DConfig(8, 1, List.of(65536), List.of(false), 1, 32, 1e-5, 8, true, 0, 1);
    assertThatThrownBy(() -> config.build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block_out_channels [65536]");
  }
}
