package io.journey.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.nn.Parameter;
import io.journey.run.GoldenFiles;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States of tokens against those of transformers in float64 (tools/golden/make_text.py). */
class ClipTextGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text");

  /** Rounding of float64 in numbers below 10, summed in another order, over up to 23 blocks. */
  private static final double FLOAT64 = 1e-12;

  /** As for outputs of U-Nets: docs/parity.md. */
  private static final double FLOAT32 = 5e-6;

  @TempDir Path folder;

  private static Safetensors golden(String model) {
    return Safetensors.open(GOLDEN.resolve(model).resolve("golden.safetensors"));
  }

  /** [B, T, D] */
  private static double[] states(String model, ScalarType type) {
    return states(GOLDEN.resolve(model), golden(model), type);
  }

  private static double[] states(Path folder, Safetensors golden, ScalarType type) {
    try (ClipTextModel model = ClipTextModel.open(folder, type);
        NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      long[] ids = golden.longs("ids");
      int[] numbers = Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
      Tensor found = model.forward(Libtorch.of(numbers).view(golden.shape("ids").get(0), -1));
      return Libtorch.doubles(found.to(ScalarType.Double));
    }
  }

  private static double error(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - expected[i]));
      size = Math.max(size, Math.abs(expected[i]));
    }
    return largest / size;
  }

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSizeGreaterThan(25);
  }

  /** Names with a prefix and without, an old and a new eos_token_id, shards, half types, .bin. */
  @ParameterizedTest
  @ValueSource(strings = {"quick-gelu", "gelu-23", "sharded", "fp16", "bin"})
  void statesAreThoseOfTransformers(String model) {
    double[] expected = golden(model).doubles("last_hidden_state");
    assertThat(error(states(model, ScalarType.Double), expected)).isLessThan(FLOAT64);
    assertThat(error(states(model, ScalarType.Float), expected)).isLessThan(FLOAT32);
  }

  /** Pipelines pass no mask; a model that hid padding would be another. */
  @Test
  void paddingIsNotMasked() {
    double[] found = states("quick-gelu", ScalarType.Double);
    assertThat(error(found, golden("quick-gelu").doubles("with_padding_masked")))
        .isGreaterThan(1e-3);
    // The same text, padded otherwise: the states of padding differ, those of the text do not.
    int row = found.length / 4;
    int text = 5 * row / 9;
    assertThat(error(part(found, 0, text), part(found, row, row + text))).isLessThan(FLOAT64);
    assertThat(error(part(found, text, row), part(found, row + text, 2 * row))).isGreaterThan(1e-2);
  }

  /** Texts 0 and 2 differ in the fourth token alone. */
  @Test
  void noTokenSeesALaterOne() {
    double[] found = states("gelu-23", ScalarType.Double);
    int row = found.length / 4;
    int before = 3 * row / 9;
    assertThat(error(part(found, 0, before), part(found, 2 * row, 2 * row + before)))
        .isLessThan(FLOAT64);
    assertThat(error(part(found, before, row), part(found, 2 * row + before, 3 * row)))
        .isGreaterThan(1e-2);
  }

  @Test
  void theLastNormIsApplied() {
    for (String model : new String[] {"quick-gelu", "gelu-23"}) {
      assertThat(error(states(model, ScalarType.Double), golden(model).doubles("without_norm")))
          .isGreaterThan(1e-2);
    }
  }

  /** "Penultimate" is in the file, which has a block less: nothing is left out once more. */
  @Test
  void allTwentyThreeBlocksCount() throws IOException {
    try (ClipTextModel model = ClipTextModel.open(GOLDEN.resolve("gelu-23"))) {
      assertThat(model.config().numHiddenLayers()).isEqualTo(23);
      assertThat(model.weights())
          .extracting(Parameter::name)
          .contains("encoder.layers.22.mlp.fc2.bias", "embeddings.token_embedding.weight");
      assertThat(model.weights()).hasSize(2 + 23 * 16 + 2);
    }
    copy("gelu-23");
    config("\"num_hidden_layers\": 23", "\"num_hidden_layers\": 22");
    assertThatThrownBy(() -> ClipTextModel.open(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("unknown tensor encoder.layers.22.");
  }

  private static double[] part(double[] all, int from, int to) {
    return Arrays.copyOfRange(all, from, to);
  }

  private void copy(String model) throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN.resolve(model))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private void config(String from, String to) throws IOException {
    Path file = folder.resolve("config.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void allOptionsThatAreNotSupportedAreNamedAtOnce() throws IOException {
    copy("quick-gelu");
    config("\"quick_gelu\"", "\"gelu_new\"");
    config("\"layer_norm_eps\": 1e-05", "\"layer_norm_eps\": \"1e-5\"");
    config(
        "\"vocab_size\": 40",
        "\"vocab_size\": 40, \"rope_theta\": 1, \"use_attention_mask\": true");
    assertThatThrownBy(() -> ClipTextModel.open(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("config.json asks for what Journey does not support")
        .hasMessageContaining("hidden_act \"gelu_new\" (only quick_gelu, gelu)")
        .hasMessageContaining("layer_norm_eps \"1e-5\" (expected a number)")
        .hasMessageContaining("rope_theta 1 (no option of CLIPTextModel)")
        .hasMessageContaining("use_attention_mask true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"vocab_size\": 0",
        "\"vocab_size\": 2147483647",
        "\"vocab_size\": 40, \"num_attention_heads\": 5",
        "\"vocab_size\": 40, \"num_hidden_layers\": 100000",
        "\"vocab_size\": 41",
        "\"vocab_size\": 40, \"model_type\": \"t5\"",
      })
  void configurationsThatCannotBeAreOneSentence(String options) throws IOException {
    copy("quick-gelu");
    for (String option : options.split(", ")) {
      String name = option.substring(0, option.indexOf(':'));
      String text = Files.readString(folder.resolve("config.json"));
      Files.writeString(folder.resolve("config.json"), text.replaceAll(name + ": [^,\n]+", option));
    }
    assertThatThrownBy(() -> ClipTextModel.open(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageMatching("[^\n]*\\.");
  }

  @Test
  void aWholeClipsConfigurationHasTheTextModelsInIt() throws IOException {
    copy("quick-gelu");
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        "{\"model_type\": \"clip\", \"vision_config\": {}, \"logit_scale_init_value\": 2.6,"
            + " \"text_config\": "
            + Files.readString(file).replace("\"dropout\"", "\"num_beams\": 1, \"dropout\"")
            + "}");
    Safetensors golden = golden("quick-gelu");
    assertThat(
            error(states(folder, golden, ScalarType.Double), golden.doubles("last_hidden_state")))
        .isLessThan(FLOAT64);
  }

  @Test
  void aFolderWithoutWeightsSaysWhatIsSought() throws IOException {
    copy("quick-gelu");
    Files.delete(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> ClipTextModel.open(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("pytorch_model.bin");
  }
}
