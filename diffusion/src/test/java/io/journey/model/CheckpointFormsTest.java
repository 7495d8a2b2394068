package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Float16;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One U-Net as diffusers and training scripts save it (tools/golden/make_checkpoints.py): the same
 * weights from every form. The file {@code reference} is the one whose forward pass is tested.
 */
class CheckpointFormsTest {
  private static final Path GOLDEN = Path.of("../base/src/test/resources/golden/checkpoints");

  @TempDir Path folder;

  private static float[] weights(String spec) {
    try (Checkpoint checkpoint = Checkpoint.read(CheckpointSpec.parse(spec), ScalarType.Float)) {
      return checkpoint.model().parameters().get();
    }
  }

  private static float[] reference(DoubleUnaryOperator change) {
    float[] values = weights(GOLDEN.resolve("reference").toString());
    assertThat(values.length).isEqualTo(4877);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) change.applyAsDouble(values[i]);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sharded",
        "bin",
        "bin-sharded",
        "early-names",
        "training/model.pt#model",
        "training/model.pt#model.module",
        "training/last.ckpt",
        "training/last.ckpt#unet"
      })
  void everyFormHasTheSameWeights(String form) {
    assertThat(weights(GOLDEN.resolve(form).toString())).isEqualTo(reference(w -> w));
  }

  /** As the cache of the Hugging Face Hub keeps it: every file of a snapshot leads to a blob. */
  @Test
  void checkpointsOfOthersMayBeLinks() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("models--x--y/blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("models--x--y/snapshots/1f2e"));
    try (Stream<Path> files = Files.list(GOLDEN.resolve("sharded"))) {
      for (Path file : files.toList()) {
        Path blob = Files.copy(file, blobs.resolve(Checksums.of(file)));
        Path up = Path.of("../../blobs").resolve(blob.getFileName());
        Files.createSymbolicLink(snapshot.resolve(file.getFileName()), up);
      }
    }
    // Other programs call files so, too.
    Files.writeString(snapshot.resolve("manifest.json"), "{\"kind\": \"app\", \"settings\": 1}");
    assertThat(weights(snapshot.toString())).isEqualTo(reference(w -> w));
  }

  @Test
  void averagedWeightsArePreferred() {
    float[] half = reference(w -> w / 2);
    assertThat(weights(GOLDEN + "/training/model.pt")).isEqualTo(half);
    assertThat(weights(GOLDEN + "/training/model.pt#ema")).isEqualTo(half);
  }

  @Test
  void halfNumbersAreWidenedExactly() {
    assertThat(weights(GOLDEN + "/fp16"))
        .isEqualTo(reference(w -> Float16.toFloat(Float16.of((float) w))));
    assertThat(weights(GOLDEN + "/bf16"))
        .isEqualTo(reference(CheckpointFormsTest::nearestBfloat16));
  }

  /** The nearest float whose lower sixteen bits are zero, ties to even, by trying both. */
  private static double nearestBfloat16(double value) {
    int below = Float.floatToRawIntBits((float) value) & 0xFFFF0000;
    double low = Float.intBitsToFloat(below);
    double high = Float.intBitsToFloat(below + 0x10000);
    double toLow = Math.abs(value - low);
    double toHigh = Math.abs(high - value);
    boolean lowIsEven = (below >>> 16) % 2 == 0;
    return toLow < toHigh || toLow == toHigh && lowIsEven ? low : high;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training/model.pt#swa | has no weights called swa;model.module._orig_mod;ema",
        "tensors/dict.pt | holds no weights of a UNet2DModel;torchscript:FILE",
        "evil/system.pt | names posix.system",
        "torchscript | torchscript;_class_name",
        "nothing | holds no checkpoint",
      })
  void whatCannotBeReadIsRefused(String form, String said) {
    assertThatThrownBy(() -> weights(GOLDEN.resolve(form).toString()))
        .isInstanceOf(JourneyException.class)
        .satisfies(
            e -> {
              for (String part : said.split(";")) {
                assertThat(e.getMessage().replace("TorchScript", "_class_name")).contains(part);
              }
            });
  }

  private void copy(String from, String to) throws IOException {
    Files.createDirectories(folder.resolve(to).getParent());
    Files.copy(GOLDEN.resolve(from), folder.resolve(to));
  }

  @Test
  void aPickleThatNamesAClassIsRefusedUnrun() throws IOException {
    copy("reference/config.json", "config.json");
    copy("evil/system.pt", "x.pt");
    assertThatThrownBy(() -> weights(folder.resolve("x.pt").toString()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.pt names posix.system");
    assertThat(Path.of("/tmp/journey-evil")).doesNotExist();
  }

  @Test
  void tensorsOfOtherShapeAreNamedForEveryKindOfFile() throws IOException {
    String config = Files.readString(GOLDEN.resolve("reference/config.json"));
    Files.writeString(
        folder.resolve("config.json"),
        config
            .replace("\"in_channels\": 1", "\"in_channels\": 3")
            .replace("\"out_channels\": 1", "\"out_channels\": 3"));
    copy("bin/diffusion_pytorch_model.bin", "x.bin");
    assertThatThrownBy(() -> weights(folder.resolve("x.bin").toString()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("conv_in.weight is [4, 1, 3, 3], expected [4, 3, 3, 3]")
        .hasMessageContaining("conv_out.bias is [1], expected [3]");
  }

  @Test
  void severalVariantsAreNamedAndOneOfThemCanBeChosen() throws IOException {
    copy("reference/config.json", "config.json");
    copy(
        "fp16/diffusion_pytorch_model.fp16.safetensors",
        "diffusion_pytorch_model.fp16.safetensors");
    copy("bf16/diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bf16.safetensors");
    assertThatThrownBy(() -> weights(folder.toString()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("model.bf16.safetensors, ")
        .hasMessageContaining("model.fp16.safetensors")
        .hasMessageContaining("name one");
    assertThat(weights(folder + "/diffusion_pytorch_model.fp16.safetensors"))
        .isEqualTo(weights(GOLDEN + "/fp16"));
  }

  @Test
  void aFolderOfTheTrainingScriptGivesItsAverage() throws IOException {
    copy("reference/config.json", "unet/config.json");
    copy("reference/" + Checkpoint.WEIGHTS, "unet/" + Checkpoint.WEIGHTS);
    copy("reference/config.json", "unet_ema/config.json");
    copy("bf16/" + Checkpoint.WEIGHTS, "unet_ema/" + Checkpoint.WEIGHTS);
    assertThat(weights(folder.toString())).isEqualTo(weights(GOLDEN + "/bf16"));
    assertThat(weights(folder + "/unet")).isEqualTo(weights(GOLDEN + "/reference"));
    assertThat(CheckpointFiles.locate(folder).notes().get(0)).contains("unet_ema is read");
    Files.writeString(folder.resolve("model_index.json"), "{}");
    assertThat(weights(folder.toString())).isEqualTo(weights(GOLDEN + "/reference"));
    assertThat(CheckpointFiles.locate(folder).notes().get(0)).contains("unet is read");
  }

  @Test
  void theScheduleOfAPipelineIsFoundFromItsModel() throws IOException {
    copy("reference/config.json", "p/unet/config.json");
    copy("reference/" + Checkpoint.WEIGHTS, "p/unet/" + Checkpoint.WEIGHTS);
    assertThat(CheckpointFiles.locate(folder.resolve("p/unet")).notes().get(0))
        .contains("scheduler_config.json")
        .contains("assumed");
    Path scheduler = folder.resolve("p/scheduler/scheduler_config.json");
    Files.createDirectories(scheduler.getParent());
    Files.writeString(scheduler, "{\"num_train_timesteps\": 321}");
    for (String path : new String[] {"p", "p/unet", "p/unet/" + Checkpoint.WEIGHTS}) {
      try (Checkpoint checkpoint = Checkpoint.read(folder.resolve(path))) {
        assertThat(checkpoint.schedule().steps()).as(path).isEqualTo(321);
      }
      assertThat(CheckpointFiles.locate(folder.resolve(path)).notes()).isEmpty();
    }
  }

  @Test
  void anEnsembleIsAFileOrAFolderOfCheckpoints() throws IOException {
    assertThat(
            Ensemble.open(CheckpointSpec.parse(GOLDEN + "/training/model.pt#ema"))
                .checkpointNames())
        .containsExactly("model.pt#ema");
    copy("reference/config.json", "two/config.json");
    copy("reference/" + Checkpoint.WEIGHTS, "two/" + Checkpoint.WEIGHTS);
    copy("bf16/config.json", "one/unet/config.json");
    copy("bf16/" + Checkpoint.WEIGHTS, "one/unet/" + Checkpoint.WEIGHTS);
    Ensemble ensemble = Ensemble.open(folder);
    assertThat(ensemble.checkpointNames()).containsExactly("one", "two");
    try (Checkpoint first = ensemble.first()) {
      assertThat(first.model().parameters().get()).isEqualTo(weights(GOLDEN + "/bf16"));
    }
  }
}
