package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.tensor.Libtorch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of a U-Net are understood, or refused by name; none is passed over. */
class UNet2DConfigTest {
  private static final UNet2DConfig PLAIN =
      new UNet2DConfig(8, 3, List.of(4, 6), List.of(false, true), 1, 2, 1e-5, 3, true, 0, 1);

  private static UNet2DConfig with(String options) {
    ObjectNode json = PLAIN.toDiffusers();
    String text = "{" + options + "}";
    json.setAll(Json.parse(text.getBytes(StandardCharsets.UTF_8), "the test"));
    return UNet2DConfig.fromDiffusers(json, "config.json");
  }

  @Test
  void allThatIsNotSupportedIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                with(
                    """
                    "down_block_types": ["SkipDownBlock2D", "KDownBlock2D"],
                    "up_block_types": ["AttnSkipUpBlock2D", "UpBlock2D"],
                    "mid_block_type": "UNetMidBlock2DCrossAttn",
                    "resnet_time_scale_shift": "spatial", "time_embedding_type": "gaussian",
                    "act_fn": "tanh", "class_embed_type": "projection", "downsample_type": "fir",
                    "layers_per_block": "2", "norm_num_groups": null, "add_attention": 1,
                    "sample_size": [8, 8, 8], "cross_attention_dim": 8
                    """))
        .isInstanceOf(JourneyException.class)
        .hasMessageStartingWith("config.json asks for what Journey does not support: ")
        .hasMessageContaining("down_block_types SkipDownBlock2D (only DownBlock2D, ")
        .hasMessageContaining("down_block_types KDownBlock2D")
        .hasMessageContaining("up_block_types AttnSkipUpBlock2D")
        .hasMessageContaining("mid_block_type \"UNetMidBlock2DCrossAttn\"")
        .hasMessageContaining("resnet_time_scale_shift \"spatial\" (only default, scale_shift)")
        .hasMessageContaining("time_embedding_type \"gaussian\"")
        .hasMessageContaining("act_fn \"tanh\" (only gelu, mish, relu, silu)")
        .hasMessageContaining("class_embed_type \"projection\"")
        .hasMessageContaining("downsample_type \"fir\"")
        .hasMessageContaining("layers_per_block \"2\" (expected a whole number")
        .hasMessageContaining("norm_num_groups null")
        .hasMessageContaining("add_attention 1 (expected true or false)")
        .hasMessageContaining("sample_size [8,8,8]")
        .hasMessageContaining("cross_attention_dim 8 (no option of UNet2DModel)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"sample_size\": 7 | sample_size 7 is not divisible by 2",
        "\"sample_size\": [8, 5] | sample_size 8×5 is not divisible by 2",
        "\"sample_size\": 0 | sample_size must be at least 1",
        "\"norm_num_groups\": 4 | norm_num_groups 4 does not divide 6 channels",
        "\"attn_norm_num_groups\": 5 | attn_norm_num_groups 5 does not divide 6",
        "\"attention_head_dim\": 7 | attention_head_dim 7 does not fit 6",
        "\"downsample_padding\": 2 | downsample_padding must be 0 or 1, got 2",
        "\"dropout\": 1 | dropout must be in [0, 1), got 1.0",
        "\"mid_block_scale_factor\": 0 | mid_block_scale_factor must not be 0",
        "\"time_embedding_type\": \"learned\" | needs num_train_timesteps",
        "\"freq_shift\": 2 | freq_shift 2 leaves no frequencies",
        "\"norm_eps\": -1 | norm_eps must be at least 0",
        "\"up_block_types\": [\"UpBlock2D\"] | as many down_block_types and up_block_types",
        "\"out_channels\": 0, \"num_class_embeds\": 0 | out_channels must be at least 1, got 0; num_",
      })
  void whatCannotBeIsRefused(String options, String said) {
    assertThatThrownBy(() -> with(options))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("config.json describes no usable UNet2DModel")
        .hasMessageContaining(said);
  }

  @Test
  void optionsLeftOutHaveTheDefaultsOfDiffusers() {
    UNet2DConfig config = UNet2DConfig.fromDiffusers(Json.object(), "config.json");
    assertThat(config.blockOutChannels()).containsExactly(224, 448, 672, 896);
    assertThat(config.attentionHeadDim()).isEqualTo(8);
    assertThat(config.upBlockTypes().get(3)).isEqualTo(UNet2DOptions.UpBlock.PLAIN);
    assertThat(config.sampleSize()).isNull();
  }

  @Test
  void otherWaysToSayTheSameAreTheSame() {
    UNet2DConfig other =
        with(
            """
            "act_fn": "Swish", "sample_size": [8, 8], "downsample_type": null,
            "num_train_timesteps": 1000, "mid_block_scale_factor": 1, "class_embed_type": null,
            "down_block_types": ["UNetResDownBlock2D", "UNetResAttnDownBlock2D"],
            "_use_default_values": ["act_fn"], "optimization_step": 5, "decay": 0.9999
            """);
    assertThat(other).isEqualTo(PLAIN);
    assertThat(Json.bytes(other.toDiffusers())).isEqualTo(Json.bytes(PLAIN.toDiffusers()));
  }

  @Test
  void optionsWithDefaultsAreNotWritten() {
    assertThat(PLAIN.toDiffusers().properties()).hasSize(16);
    assertThat(with("\"dropout\": 0.1").toDiffusers().properties()).hasSize(17);
  }

  @Test
  void imagesOfUnknownOrOtherShapeAreRefusedWhenTheShapeIsAsked() {
    assertThat(with("\"sample_size\": [4, 8]").shape()).isEqualTo(new ImageShape(3, 4, 8));
    assertThatThrownBy(() -> with("\"sample_size\": null").shape())
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("sample_size null");
    assertThatThrownBy(() -> with("\"out_channels\": 6").shape())
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("in_channels 3 and out_channels 6");
  }

  @Test
  void whatTrainingCannotKeepIsRefusedBeforeTraining() {
    PLAIN.requireTrainable();
    assertThatThrownBy(() -> with("\"dropout\": 0.1").requireTrainable())
        .hasMessageContaining("dropout 0.1");
    assertThatThrownBy(() -> with("\"time_embedding_type\": \"fourier\"").requireTrainable())
        .hasMessageContaining("fourier");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"num_class_embeds\": 3 | 5 |   | trained with classes and the images have none",
        "\"num_class_embeds\": 3 | 5 | 3 | classes 0 to 2;asked for class 3",
        "\"time_embedding_type\": \"learned\", \"num_train_timesteps\": 5 | 5 | | timesteps 0 to 4",
        "\"time_embedding_type\": \"fourier\" | 0 | | timestep 0;at least 1",
      })
  void timestepsAndClassesTheModelDoesNotKnowAreRefused(
      String options, int timestep, Integer label, String said) {
    try (PointerScope scope = new PointerScope();
        LayeredDenoiser model = with(options).random(Seed.of(1), ScalarType.Float)) {
      var image = Libtorch.zeros(ScalarType.Float, 1, 3, 8, 8);
      DenoiserInput input =
          label == null
              ? Inputs.of(image, timestep)
              : Inputs.ofClasses(image, new int[] {timestep}, label);
      assertThatThrownBy(() -> model.predict(input))
          .isInstanceOf(JourneyException.class)
          .satisfies(e -> assertThat(e.getMessage()).contains(said.split(";")));
    }
  }
}
