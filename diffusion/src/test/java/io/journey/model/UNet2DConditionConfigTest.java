package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.condition.Condition.Caption;
import io.journey.condition.Condition.ClassLabel;
import io.journey.condition.Conditioning;
import io.journey.condition.TextStates;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.tensor.Libtorch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of a text-conditional U-Net are understood, or refused by name. */
class UNet2DConditionConfigTest {
  private static final String SMALL =
      """
      "_class_name": "UNet2DConditionModel", "sample_size": 8, "block_out_channels": [4, 8],
      "layers_per_block": 1, "norm_num_groups": 2, "cross_attention_dim": 6,
      "attention_head_dim": 2, "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
      "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"]
      """;

  /** examples/utils.py of the authors' code: {@code get_mscoco_model}. */
  private static final String COCO =
      """
      "sample_size": 16, "block_out_channels": [128, 256, 256, 256], "layers_per_block": 2,
      "cross_attention_dim": 1024, "attention_head_dim": 8, "down_block_types":
      ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
      "up_block_types":
      ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
      """;

  private static ObjectNode json(String options) {
    return Json.parse(("{" + options + "}").getBytes(StandardCharsets.UTF_8), "the test");
  }

  private static UNet2DConditionConfig with(String options) {
    ObjectNode json = json(SMALL);
    json.setAll(json(options));
    return UNet2DConditionConfig.fromDiffusers(json, "config.json");
  }

  @Test
  void allThatIsNotSupportedIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                with(
                    """
                    "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
                    "up_block_types": ["KUpBlock2D", "AttnUpBlock2D"],
                    "mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "class_embed_type": "timestep",
                    "num_class_embeds": 10, "only_cross_attention": true,
                    "dual_cross_attention": true, "num_attention_heads": 4,
                    "encoder_hid_dim": 768, "encoder_hid_dim_type": "text_proj",
                    "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
                    "reverse_transformer_layers_per_block": [1, 1], "conv_in_kernel": 1,
                    "resnet_skip_time_act": true, "resnet_out_scale_factor": 2,
                    "time_cond_proj_dim": 256, "attention_type": "gated", "time_embedding_type":
                    "fourier", "mid_block_only_cross_attention": true, "cross_attention_norm":
                    "layer_norm", "class_embeddings_concat": true, "act_fn": "tanh",
                    "transformer_layers_per_block": [[1], 2], "attention_head_dim": "8",
                    "add_attention": true
                    """))
        .isInstanceOf(JourneyException.class)
        .hasMessageStartingWith("config.json asks for what Journey does not support: ")
        .hasMessageContainingAll(
            "down_block_types ResnetDownsampleBlock2D (only DownBlock2D, CrossAttnDownBlock2D)",
            "down_block_types SimpleCrossAttnDownBlock2D",
            "up_block_types KUpBlock2D",
            "mid_block_type \"UNetMidBlock2DSimpleCrossAttn\"",
            "class_embed_type \"timestep\" (only null)",
            "num_class_embeds 10 (only null)",
            "only_cross_attention true (only false)",
            "dual_cross_attention true",
            "num_attention_heads 4 (only null)",
            "encoder_hid_dim 768",
            "encoder_hid_dim_type \"text_proj\"",
            "addition_embed_type \"text_time\"",
            "addition_time_embed_dim 256",
            "reverse_transformer_layers_per_block [1,1] (only null)",
            "conv_in_kernel 1 (only 3)",
            "resnet_skip_time_act true",
            "resnet_out_scale_factor 2 (only 1.0)",
            "time_cond_proj_dim 256",
            "attention_type \"gated\" (only \"default\")",
            "time_embedding_type \"fourier\" (only \"positional\")",
            "mid_block_only_cross_attention true",
            "cross_attention_norm \"layer_norm\"",
            "class_embeddings_concat true",
            "act_fn \"tanh\"",
            "transformer_layers_per_block [[1],2] (expected a whole number or a list of them)",
            "attention_head_dim \"8\" (expected a whole number or a list of them)",
            "add_attention true (no option of UNet2DConditionModel)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"sample_size\": 7 | sample_size 7 is not divisible by 2",
        "\"norm_num_groups\": 3 | norm_num_groups 3 does not divide 4 channels",
        "\"attention_head_dim\": 3 | 3, the number of heads, does not divide 4 channels",
        "\"attention_head_dim\": [2, 5] | 5, the number of heads, does not divide 8 channels",
        "\"attention_head_dim\": [2] | attention_head_dim [2] has no number for each of 2 levels",
        "\"attention_head_dim\": null | attention_head_dim must be a number or a list, got null",
        "\"layers_per_block\": [1, 0] | layers_per_block must be at least 1, got [1, 0]",
        "\"cross_attention_dim\": [6, 7] | cross_attention_dim [6, 7] differs by level",
        "\"transformer_layers_per_block\": 0 | transformer_layers_per_block must be at least 1",
        "\"up_block_types\": [\"UpBlock2D\"] | as many down_block_types and up_block_types",
      })
  void whatCannotBeIsRefused(String options, String said) {
    assertThatThrownBy(() -> with(options))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("config.json describes no usable UNet2DConditionModel")
        .hasMessageContaining(said);
  }

  /** Counted without allocating; the numbers are those of diffusers. */
  @Test
  void knownModelsHaveTheirKnownNumbersOfWeights() {
    // Stable Diffusion 1: the defaults but for the width of CLIP ViT-L's states.
    assertThat(count("\"sample_size\": 64, \"cross_attention_dim\": 768")).isEqualTo(859_520_964);
    // Stable Diffusion 2.
    assertThat(
            count(
                """
                "sample_size": 96, "cross_attention_dim": 1024, "use_linear_projection": true,
                "attention_head_dim": [5, 10, 20, 20], "upcast_attention": true
                """))
        .isEqualTo(865_910_724);
    assertThat(count(COCO)).isEqualTo(57_373_316);
  }

  private static int count(String options) {
    UNet2DConditionConfig config = UNet2DConditionConfig.fromDiffusers(json(options), "the test");
    int count = config.build().parameters().count();
    assertThat(config.leastWeights()).isBetween(0.1 * count, 1.0 * count);
    return count;
  }

  @Test
  void absurdSizesAreRefusedBeforeTheModelIsBuilt() {
    UNet2DConditionConfig config = with("\"transformer_layers_per_block\": 2000000000");
    assertThat(config.leastWeights()).isGreaterThan(1e11);
    assertThatThrownBy(config::build)
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("more than the 2147483647");
  }

  /** GEGLU's first map at the largest images: 8·128 numbers of each of 256 positions. */
  @Test
  void theWidestOutputIsThatOfGeglu() {
    int widest = UNet2DConditionConfig.fromDiffusers(json(COCO), "the test").build().widestOutput();
    assertThat(widest).isEqualTo(8 * 128 * 256);
    // Without attention at the larger level: 8·8 at 4×4 positions beside 8 at 8×8, doubled.
    UNet2DConditionConfig low =
        with(
            """
            "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
            "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"]
            """);
    assertThat(low.build().widestOutput()).isEqualTo(8 * 8 * 16);
  }

  @Test
  void optionsAtTheirDefaultsMayBeWrittenOutOrLeftOut() {
    UNet2DConditionConfig plain = with("\"act_fn\": \"silu\"");
    UNet2DConditionConfig other =
        with(
            """
            "act_fn": "SiLU", "sample_size": [8, 8], "layers_per_block": [1, 1],
            "only_cross_attention": [false, false], "resnet_out_scale_factor": 1,
            "num_class_embeds": null, "addition_embed_type_num_heads": 64,
            "cross_attention_dim": [6, 6], "mid_block_type": "UNetMidBlock2DCrossAttn",
            "_name_or_path": "x"
            """);
    assertThat(other).isEqualTo(plain);
    assertThat(Json.bytes(other.toDiffusers())).isEqualTo(Json.bytes(plain.toDiffusers()));
    assertThat(plain.shape()).isEqualTo(new ImageShape(4, 8, 8));
    UNet2DConditionConfig defaults = UNet2DConditionConfig.fromDiffusers(json(""), "config.json");
    assertThat(defaults.captionWidth()).isEqualTo(1280);
    assertThat(defaults.attentionHeadDim().at(3)).isEqualTo(8);
  }

  @Test
  void imagesOtherThanThoseTakenHaveNoShape() {
    assertThatThrownBy(() -> with("\"in_channels\": 9").shape())
        .hasMessageContaining("in_channels 9 and out_channels 4");
    assertThatThrownBy(() -> with("\"dropout\": 0.1").requireTrainable())
        .hasMessageContaining("dropout 0.1");
  }

  private static Caption caption(String text, int tokens, int width) {
    return new Caption(text, TextStates.of(new float[tokens * width], tokens, width));
  }

  @Test
  void conditionsThatAreNoCaptionsOfItsWidthAreRefused() {
    ConditioningSpec spec = with("").conditioning();
    assertThat(spec).hasToString("captions with text states of width 6");
    assertThat(spec.isEmpty()).isFalse();
    assertThat(spec.accepts(caption("a", 3, 6))).isTrue();
    assertThat(spec.accepts(new Condition.Prompt("a"))).isTrue();
    assertThat(spec.accepts(caption("a", 3, 7))).isFalse();
    assertThat(spec.accepts(Condition.NONE)).isFalse();
    assertThat(spec.accepts(new ClassLabel(0))).isFalse();
    assertThat(spec.withTokens(2).accepts(caption("a", 3, 6))).isFalse();
    assertThat(spec.withTokens(77))
        .hasToString("captions with text states of width 6 of at most 77 tokens");
    spec.requireChoice(List.of(new Condition.Prompt("a"), caption("b", 3, 6)));
    assertThatThrownBy(() -> spec.requireChoice(List.of(Condition.NONE)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("got none: give it prompts");
    assertThatThrownBy(() -> spec.requireChoice(List.of(caption("a", 3, 7))))
        .hasMessageContaining("got text states of width 7 of 3 tokens");
    assertThatThrownBy(() -> spec.ofClass(1)).hasMessageContaining("knows no classes");
    assertThatThrownBy(spec::all).hasMessageContaining("samples images of a caption");
    assertThatThrownBy(
            () -> ConditioningSpec.NONE.requireChoice(List.of(new Condition.Prompt("a cat"))))
        .hasMessageContaining("takes no condition, got the prompt a cat: leave prompts out");
  }

  @Test
  void aPredictionNeedsCaptionsOfOneEncoder() {
    try (PointerScope scope = new PointerScope();
        LayeredDenoiser model = with("").random(Seed.of(1), ScalarType.Float)) {
      Tensor two = Libtorch.zeros(ScalarType.Float, 2, 4, 8, 8);
      assertThatThrownBy(() -> predict(model, two, Condition.NONE, Condition.NONE))
          .isInstanceOf(JourneyException.class)
          .hasMessageStartingWith("The model was trained with captions and the images have none: ");
      assertThatThrownBy(() -> predict(model, two, caption("a", 3, 6), caption("b", 3, 5)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining(
              "takes text states of width 6, those of the caption b have width 5");
      assertThatThrownBy(() -> predict(model, two, caption("a", 3, 6), caption("b", 4, 6)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("states of 3 and of 4 tokens");
      assertThatThrownBy(
              () -> predict(model, two, caption("a", 3, 6), new Condition.Prompt("a cat")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'a cat' was not resolved");
      assertThat(predict(model, two, caption("a", 3, 6), caption("b", 3, 6)).size(0)).isEqualTo(2);
    }
  }

  private static Tensor predict(Denoiser model, Tensor sample, Condition... conditions) {
    Conditioning rows = Conditioning.of(List.of(conditions));
    return model.predict(new DenoiserInput(sample, new int[] {1, 2}, rows));
  }

  /** The order of θ, in which features without a projection are stored. */
  @Test
  void weightsAreAnnouncedInTheOrderOfComputation() {
    List<String> names =
        with("").build().parameters().list().stream().map(Parameter::name).toList();
    assertThat(names)
        .startsWith(
            "conv_in.weight",
            "conv_in.bias",
            "time_embedding.linear_1.weight",
            "time_embedding.linear_1.bias",
            "time_embedding.linear_2.weight",
            "time_embedding.linear_2.bias",
            "down_blocks.0.resnets.0.norm1.weight")
        .containsSubsequence(
            "down_blocks.0.attentions.0.norm.weight",
            "down_blocks.0.attentions.0.norm.bias",
            "down_blocks.0.attentions.0.proj_in.weight",
            "down_blocks.0.attentions.0.proj_in.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.norm1.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.norm1.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_k.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_v.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.norm2.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.norm2.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_q.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_v.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.norm3.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.norm3.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj.bias",
            "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.2.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.2.bias",
            "down_blocks.0.attentions.0.proj_out.weight",
            "down_blocks.0.attentions.0.proj_out.bias",
            "down_blocks.0.downsamplers.0.conv.weight",
            "down_blocks.1.resnets.0.norm1.weight",
            "mid_block.resnets.0.norm1.weight",
            "mid_block.attentions.0.norm.weight",
            "mid_block.resnets.1.norm1.weight",
            "up_blocks.0.resnets.0.norm1.weight",
            "up_blocks.0.upsamplers.0.conv.weight",
            "up_blocks.1.attentions.1.proj_out.bias")
        .endsWith("conv_norm_out.weight", "conv_norm_out.bias", "conv_out.weight", "conv_out.bias")
        .doesNotContain("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.bias");
  }
}
