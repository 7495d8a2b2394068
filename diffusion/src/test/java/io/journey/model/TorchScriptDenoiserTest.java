package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingLoss;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.tensor.Device;
import io.journey.tensor.Libtorch;
import io.journey.tensor.TestDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that PyTorch saved (tools/golden/make_checkpoints.py). */
class TorchScriptDenoiserTest {
  private static final Path GOLDEN = Path.of("../base/src/test/resources/golden/checkpoints");
  private static final Path CONDITIONAL = GOLDEN.resolve("torchscript/model.pt");

  /** Both sides run the same operations in float64; sums may be ordered otherwise. */
  private static final Offset<Double> ROUNDING = Offset.offset(1e-12);

  @TempDir Path folder;

  private static CheckpointSpec program(Path file) {
    return CheckpointSpec.parse("torchscript:" + file);
  }

  /** The program was saved in training mode: with its dropout on, nothing here would be right. */
  @Test
  void outputAndParameterGradientsMatchPyTorch() {
    Safetensors golden = Safetensors.open(GOLDEN.resolve("torchscript/golden.safetensors"));
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(program(CONDITIONAL), ScalarType.Double)) {
      Denoiser model = checkpoint.model();
      assertThat(model.shape().toString()).isEqualTo("2×8×8");
      assertThat(model.parameters().count()).isEqualTo(272);
      DenoisingBatch batch =
          new DenoisingBatch(
              Inputs.ofClasses(
                  tensor(golden, "sample"),
                  ints(golden.longs("timestep")),
                  ints(golden.longs("labels"))),
              tensor(golden, "noise"),
              null);
      Tensor output = model.predict(batch.input());
      assertClose("output", Libtorch.doubles(output.detach()), golden.doubles("output"));
      Tensor loss = DenoisingLoss.perRow(output, batch, null).mean();
      assertThat(loss.item_double()).isCloseTo(golden.doubles("loss")[0], ROUNDING);
      TensorVector gradients = Libtorch.gradients(loss, model.parameters().leaves());
      int compared = 0;
      for (int i = 0; i < gradients.size(); i++) {
        String name = model.parameters().list().get(i).name();
        assertClose(name, Libtorch.doubles(gradients.get(i)), golden.doubles("grad." + name));
        compared++;
      }
      assertThat(compared).isEqualTo(9);
    }
  }

  private static int[] ints(long[] values) {
    return IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
  }

  private static Tensor tensor(Safetensors file, String name) {
    long[] shape = file.shape(name).stream().mapToLong(Long::longValue).toArray();
    return Libtorch.of(file.doubles(name)).view(shape);
  }

  private static void assertClose(String name, double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as("%s, number %d", name, i).isCloseTo(expected[i], ROUNDING);
    }
  }

  @Test
  void theFlatVectorIsTheWeightsOfTheProgram() {
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(program(CONDITIONAL), ScalarType.Float)) {
      Denoiser model = checkpoint.model();
      float[] weights = model.parameters().get();
      Tensor xt = Libtorch.of(new float[128], ScalarType.Float, 1, 2, 8, 8);
      float[] before =
          Libtorch.floats(model.predict(Inputs.ofClasses(xt, new int[] {5}, 1)).detach());
      float[] zero = new float[weights.length];
      model.parameters().set(zero);
      Tensor dark = model.predict(Inputs.ofClasses(xt, new int[] {5}, 1));
      assertThat(Libtorch.floats(dark.detach())).isEqualTo(new float[128]);
      model.parameters().set(weights);
      Tensor again = model.predict(Inputs.ofClasses(xt, new int[] {5}, 1));
      assertThat(Libtorch.floats(again.detach())).isEqualTo(before);
      assertThat(before).isNotEqualTo(new float[128]);
    }
  }

  /** A trace keeps the device that it was made on, here of a machine with a GPU. */
  @Test
  void aProgramThatNamesAnotherDeviceRunsOnThisOne() throws IOException {
    Path original = GOLDEN.resolve("torchscript-unet/model.pt");
    Files.copy(original.resolveSibling("config.json"), folder.resolve("config.json"));
    int replaced =
        rewrite(original, folder.resolve("model.pt"), "device(\"cpu\")", "device(\"cuda:0\")");
    assertThat(replaced).isPositive();
    assertThat(predicted(folder.resolve("model.pt"))).isEqualTo(predicted(original));
  }

  private static float[] predicted(Path file) {
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(program(file), ScalarType.Float)) {
      float[] image = new float[64];
      Seed.of(3).stream().fillGaussian(image);
      Tensor xt = Libtorch.of(image, ScalarType.Float, 1, 1, 8, 8);
      return Libtorch.floats(checkpoint.model().predict(Inputs.of(xt, 500)).detach());
    }
  }

  /** Replaces words in the code of a program, and returns in how many files there were any. */
  private static int rewrite(Path from, Path to, String word, String other) throws IOException {
    int replaced = 0;
    try (ZipFile archive = new ZipFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : Collections.list(archive.entries())) {
        byte[] content = archive.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".py")) {
          String code = new String(content, StandardCharsets.UTF_8);
          replaced += code.contains(word) ? 1 : 0;
          content = code.replace(word, other).getBytes(StandardCharsets.UTF_8);
        }
        if (!entry.getName().endsWith(".debug_pkl")) {
          out.putNextEntry(new ZipEntry(entry.getName()));
          out.write(content);
        }
      }
    }
    return replaced;
  }

  @Test
  void aProgramWithTensorsOnAnotherDeviceIsRefusedInWordsOfItsOwn() {
    RuntimeException failure =
        new RuntimeException(
            "RuntimeError: Expected all tensors to be on the same device, but found at least two");
    Device before = Libtorch.device();
    Path file = Path.of("model.pt");
    try {
      Libtorch.use(Device.CPU);
      TorchScriptProgram.requireOneDevice(file, failure);
      Libtorch.use(TestDevice.named("cuda:0"));
      TorchScriptProgram.requireOneDevice(file, new RuntimeException("RuntimeError: other"));
      assertThatThrownBy(() -> TorchScriptProgram.requireOneDevice(file, failure))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("model.pt makes tensors on another device and cannot run on cuda:0")
          .hasMessageContaining("leave out --device");
    } finally {
      Libtorch.use(before);
    }
  }

  @Test
  void aProgramIsRunOnlyIfItIsAskedForAsAProgram() {
    assertThatThrownBy(() -> Checkpoint.read(GOLDEN.resolve("torchscript-unet/model.pt")))
        .isInstanceOf(JourneyException.class);
    assertThatThrownBy(
            () -> Checkpoint.read(program(GOLDEN.resolve("reference")), ScalarType.Float))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("_class_name");
  }

  @Test
  void aStateDictIsNoProgram() throws IOException {
    Files.copy(GOLDEN.resolve("torchscript/config.json"), folder.resolve("config.json"));
    Files.copy(GOLDEN.resolve("tensors/dict.pt"), folder.resolve("x.pt"));
    assertThatThrownBy(() -> Checkpoint.read(program(folder.resolve("x.pt")), ScalarType.Float))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.pt is not a TorchScript program");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"in_channels\": 2      | \"in_channels\": 3      | fails on images of 3×8×8",
        "\"in_channels\": 2      | \"in_channels\": 0      | needs in_channels of at least 1",
        "\"in_channels\": 2      | \"in_channels\": \"2\"  | in_channels \"2\", expected a whole",
        "\"in_channels\": 2,     | \"\\u005f\": 2,         | needs in_channels",
        "\"num_class_embeds\": 3 | \"num_classes\": 3      | the field num_classes, expected only",
        "\"num_class_embeds\": 3 | \"timestep_dtype\": \"int8\" | timestep_dtype int8",
        "\"num_class_embeds\": 3 | \"_x\": 3               | fails on images of 2×8×8",
        "\"TorchScript\"         | \"UNet2DModel\"         | expected TorchScript for a program",
      })
  void aDescriptionThatDoesNotFitIsRefused(String good, String bad, String said)
      throws IOException {
    String config = Files.readString(GOLDEN.resolve("torchscript/config.json"));
    assertThat(config).contains(good);
    Files.writeString(folder.resolve("config.json"), config.replace(good, bad));
    Files.copy(CONDITIONAL, folder.resolve("x.pt"));
    assertThatThrownBy(() -> Checkpoint.read(program(folder.resolve("x.pt")), ScalarType.Float))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage().lines().count()).isEqualTo(1));
  }

  @Test
  void aDamagedProgramIsRefused() throws IOException {
    Files.copy(GOLDEN.resolve("torchscript/config.json"), folder.resolve("config.json"));
    byte[] bytes = Files.readAllBytes(CONDITIONAL);
    String name = "model/code/__torch__.py";
    int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(name);
    java.util.Arrays.fill(bytes, at + name.length(), at + name.length() + 8, (byte) 'x');
    Files.write(folder.resolve("x.pt"), bytes);
    assertThatThrownBy(() -> Checkpoint.read(program(folder.resolve("x.pt")), ScalarType.Float))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.pt cannot be loaded as TorchScript");
  }

  @Test
  void classesAreAskedForAndChecked() {
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(program(CONDITIONAL), ScalarType.Float)) {
      Tensor xt = Libtorch.zeros(ScalarType.Float, 1, 2, 8, 8);
      assertThatThrownBy(() -> checkpoint.model().predict(Inputs.of(xt, 1)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("the images have none");
      assertThatThrownBy(() -> checkpoint.model().predict(Inputs.ofClasses(xt, new int[] {1}, 3)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("class 3, the denoiser knows 0..2");
    }
  }
}
