package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.model.LoraFile.Part;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no LoRA of a model that Journey supports is refused in a sentence that names it. */
class LoraRefusalsTest {
  private static final String LAYER =
      "mid_block.attentions.0.transformer_blocks.0.attn2.to_k"; // of the golden model: [4, 5]

  @TempDir Path folder;

  private LoraFile open(Safetensors.Writer writer) {
    return LoraFile.open(written("lora.safetensors", writer));
  }

  private Path written(String name, Safetensors.Writer writer) {
    Path file = folder.resolve(name);
    AtomicFile.write(file, writer::writeTo);
    return file;
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** A pair of a layer of 4 outputs and some inputs. */
  private static Safetensors.Writer pair(String layer, int inputs) {
    return new Safetensors.Writer()
        .add(layer + ".lora_A.weight", ones(2 * inputs), 2, inputs)
        .add(layer + ".lora_B.weight", ones(8), 4, 2);
  }

  private void refused(Safetensors.Writer writer, String words) {
    assertThatThrownBy(() -> open(writer))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lora.safetensors")
        .hasMessageContaining(words)
        .hasMessageEndingWith(".");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_unet_mid_block_attn1_to_q.dora_scale | holds DoRA",
        "unet.mid_block.to_q.lora_magnitude_vector | holds DoRA",
        "lora_unet_mid_block_attn1_to_q.hada_w1_a | holds LoHa",
        "lora_unet_mid_block_attn1_to_q.lokr_w1 | holds LoKr",
        "lora_unet_mid_block_resnets_0_conv1.lora_mid.weight | CP decomposition",
        "unet.mid_block.to_q.lora_B.bias | holds LoRA with biases",
        "lora_unet_mid_block_attn1_to_q.diff | differences of whole weights",
        "lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight | LoRA of Stable Diffusion XL",
        "lora_unet_input_blocks_4_1_proj_in.lora_down.weight | LoRA of Stable Diffusion XL",
        "lora_unet_joint_blocks_0_context_block_attn_qkv.lora_down.weight | LoRA of Stable Diffusion 3",
        "transformer.transformer_blocks.0.attn.add_q_proj.lora_A.weight | LoRA of Stable Diffusion 3",
        "transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight | LoRA of Flux",
        "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight | LoRA of Flux",
        "transformer.blocks.0.attn.to_q.lora_A.weight | LoRA of a diffusion transformer",
        "unet.down_blocks.0.motion_modules.0.to_q.lora_A.weight | LoRA of AnimateDiff",
        "conv_in.weight | holds no LoRA"
      })
  void otherKindsAndModelsAreNamed(String tensor, String words) {
    refused(new Safetensors.Writer().add(tensor, ones(4), 2, 2), words);
  }

  @Test
  void widthsOfStableDiffusionXlTellIt() {
    refused(pair("unet." + LAYER, 2048), "LoRA of Stable Diffusion XL");
  }

  @Test
  void settingsThatSayDoraAreNamed() throws IOException {
    Path file = written("adapter_model.safetensors", pair("base_model.model." + LAYER, 5));
    Files.writeString(
        folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"use_dora\": true}");
    assertThatThrownBy(() -> LoraFile.open(file)).hasMessageContaining("holds DoRA");
    Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"LOHA\"}");
    assertThatThrownBy(() -> LoraFile.open(file)).hasMessageContaining("LOHA");
  }

  @Test
  void rankStabilisedScalesAreRead() throws IOException {
    Path file = written("adapter_model.safetensors", pair("base_model.model." + LAYER, 5));
    Files.writeString(
        folder.resolve("adapter_config.json"), "{\"lora_alpha\": 3, \"use_rslora\": true}");
    assertThat(LoraFile.open(file).pairs(Part.UNET).get(0).scale()).isEqualTo(3 / Math.sqrt(2));
  }

  @Test
  void halvesTwinsAndShapesThatAreNoPairAreRefused() {
    refused(
        new Safetensors.Writer().add("unet." + LAYER + ".lora_A.weight", ones(10), 2, 5),
        "without the other weight of its pair");
    refused(
        pair("unet." + LAYER, 5).add(LAYER + ".lora.down.weight", ones(10), 2, 5),
        "which are the same weight");
    refused(
        new Safetensors.Writer()
            .add("unet." + LAYER + ".lora_A.weight", ones(10), 2, 5)
            .add("unet." + LAYER + ".lora_B.weight", ones(12), 4, 3),
        "expected floating-point numbers, [r, I]");
    refused(
        pair("unet." + LAYER, 5).add("unet." + LAYER + ".alpha", ones(2), 2),
        "expected one number");
    refused(pair("unet." + "x".repeat(600), 5), "characters");
    refused(pair("unet." + LAYER, 5).add("x", ones(2), 2), "besides a LoRA");
  }

  @Test
  void layersThatTheModelLacksOrThatHaveOtherSidesAreNamed() {
    try (Checkpoint checkpoint = Checkpoint.read(LoraGoldenTest.GOLDEN.resolve("base"))) {
      assertThatThrownBy(() -> checkpoint.withLora(open(pair("unet." + LAYER, 768))))
          .hasMessageContaining("LoRA of another U-Net (by its text states, Stable Diffusion 1's)")
          .hasMessageContaining(LAYER + " is [4, 5], the pair is of a layer of [4, 768, 1, 1]");
      assertThatThrownBy(() -> checkpoint.withLora(open(pair("unet.mid_block.other.to_k", 5))))
          .hasMessageContaining("no layer for unet.mid_block.other.to_k.lora_A.weight");
      assertThatThrownBy(
              () ->
                  checkpoint.withLora(
                      open(pair("lora_te_text_model_encoder_layers_0_self_attn_q_proj", 4))))
          .hasMessageContaining("changes nothing of the U-Net");
      float[] broken = ones(10);
      broken[7] = Float.NaN;
      Safetensors.Writer writer =
          new Safetensors.Writer()
              .add("unet." + LAYER + ".lora_A.weight", broken, 2, 5)
              .add("unet." + LAYER + ".lora_B.weight", ones(8), 4, 2);
      LoraFile lora = open(writer);
      assertThatThrownBy(() -> checkpoint.withLora(lora)).hasMessageContaining("not finite");
      assertThatThrownBy(() -> checkpoint.mergedWith(lora)).hasMessageContaining("not finite");
      assertThat(checkpoint.model().parameters().frozen()).isEmpty();
    }
  }
}
