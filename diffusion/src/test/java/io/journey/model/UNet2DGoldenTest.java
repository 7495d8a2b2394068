package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingLoss;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.run.GoldenFiles;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.RunDirectory;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole tensors from diffusers (tools/golden), computed there in float64 from float16 weights.
 * Errors are the largest difference of any number, relative to the largest number of the output, or
 * of the whole gradient. {@code target/parity.md} gets the table that docs/parity.md shows.
 */
class UNet2DGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  /**
   * Both sides take the time features in float32. Their sines, cosines and exponentials may differ
   * in the last place, 6e-8 of numbers up to 1, as libraries round them differently.
   */
  private static final double FLOAT64 = 1e-6;

  /**
   * PyTorch's own float32 is up to 1e-6 (outputs) and 7e-6 (gradients) away from its float64.
   * Another order of sums, as other processors have, may be a few times that.
   */
  private static final double FLOAT32_OUTPUT = 5e-6;

  private static final double FLOAT32_GRADIENT = 2e-5;

  private static final Map<String, List<Errors>> TABLE = new TreeMap<>();

  /** Every so many numbers of a gradient are kept, so that each weight has some. */
  private static final int GRADIENT_STRIDE = 3;

  private record Errors(double output, double gradient) {}

  @TempDir Path folder;

  static List<String> configurations() throws IOException {
    try (Stream<Path> folders = Files.list(GOLDEN)) {
      return folders
          .map(f -> f.getFileName().toString())
          .filter(name -> name.startsWith("unet-"))
          .sorted()
          .toList();
    }
  }

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    GoldenFiles.checked(GOLDEN, "");
    assertThat(configurations()).hasSizeGreaterThanOrEqualTo(8);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void outputsAndParameterGradientsMatchDiffusers(String name) {
    Errors exact = errors(name, ScalarType.Double);
    Errors single = errors(name, ScalarType.Float);
    TABLE.put(name, List.of(exact, single));
    assertThat(exact.output()).isLessThan(FLOAT64);
    assertThat(exact.gradient()).isLessThan(FLOAT64);
    assertThat(single.output()).isLessThan(FLOAT32_OUTPUT);
    assertThat(single.gradient()).isLessThan(FLOAT32_GRADIENT);
  }

  private static Errors errors(String name, ScalarType type) {
    Safetensors golden = Safetensors.open(GOLDEN.resolve(name).resolve("golden.safetensors"));
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve(name), type)) {
      Denoiser model = checkpoint.model();
      Tensor sample = tensor(golden, "sample", type);
      int[] timesteps = ints(golden, "timestep");
      DenoisingBatch batch =
          new DenoisingBatch(
              golden.names().contains("class_labels")
                  ? Inputs.ofClasses(sample, timesteps, ints(golden, "class_labels"))
                  : Inputs.of(sample, timesteps),
              tensor(golden, "noise", type),
              null);
      Tensor output = model.predict(batch.input());
      TensorVector gradients =
          Libtorch.gradients(
              DenoisingLoss.perRow(output, batch, null).mean(), model.parameters().leaves());
      double[] difference = new double[2];
      compare(output.detach(), golden.doubles("output"), difference);
      double outputError = difference[0] / difference[1];
      difference = gradientDifference(model.parameters().list(), gradients, golden);
      return new Errors(outputError, difference[0] / difference[1]);
    }
  }

  /**
   * Returns the largest difference from {@code gradient}, every third number of all of diffusers'
   * gradients in the order of their names, and the largest number there.
   */
  static double[] gradientDifference(
      List<Parameter> parameters, TensorVector gradients, Safetensors golden) {
    List<Integer> byName =
        IntStream.range(0, parameters.size())
            .boxed()
            .sorted(Comparator.comparing(i -> parameters.get(i).name()))
            .toList();
    double[] difference = new double[2];
    float[] kept = golden.floats("gradient");
    int from = 0;
    for (int i : byName) {
      double[] numbers = Libtorch.doubles(gradients.get(i).to(ScalarType.Double).contiguous());
      int first = Math.floorMod(-from, GRADIENT_STRIDE);
      double[] found = every(first, numbers);
      double[] expected = new double[found.length];
      for (int j = 0; j < expected.length; j++) {
        expected[j] = kept[(from + first) / GRADIENT_STRIDE + j];
      }
      compare(found, expected, difference);
      from += numbers.length;
    }
    // As many numbers as diffusers has, so that none is left out.
    assertThat(golden.longs("gradient_count")).containsExactly((long) from);
    return difference;
  }

  private static double[] every(int first, double[] numbers) {
    return IntStream.iterate(first, j -> j < numbers.length, j -> j + GRADIENT_STRIDE)
        .mapToDouble(j -> numbers[j])
        .toArray();
  }

  /** Raises the largest difference, and the largest number. */
  static void compare(Tensor found, double[] expected, double[] largest) {
    compare(Libtorch.doubles(found.to(ScalarType.Double).contiguous()), expected, largest);
  }

  private static void compare(double[] numbers, double[] expected, double[] largest) {
    assertThat(numbers).hasSameSizeAs(expected);
    for (int i = 0; i < numbers.length; i++) {
      assertThat(numbers[i]).isFinite();
      largest[0] = Math.max(largest[0], Math.abs(numbers[i] - expected[i]));
      largest[1] = Math.max(largest[1], Math.abs(expected[i]));
    }
  }

  static Tensor tensor(Safetensors file, String name, ScalarType type) {
    long[] shape = file.entry(name).shape().stream().mapToLong(Long::longValue).toArray();
    return Libtorch.of(file.floats(name), ScalarType.Float, shape).to(type);
  }

  private static int[] ints(Safetensors file, String name) {
    return java.util.Arrays.stream(file.longs(name)).mapToInt(Math::toIntExact).toArray();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void whatIsReadFromDiffusersIsWrittenBackWhole(String name) {
    Path source = GOLDEN.resolve(name);
    ObjectNode none = Json.object();
    try (Checkpoint checkpoint = Checkpoint.read(source);
        RunDirectory run = RunDirectory.claim(folder, "test", none, none)) {
      UNet2D model = (UNet2D) checkpoint.model();
      float[] weights = model.parameters().get();
      Checkpoint.write(
          run, "copy", model, weights, checkpoint.scheduler(), checkpoint.classNames());
    }
    assertThat(folder.resolve(Manifest.FILE)).doesNotExist();
    Path copy = folder.resolve("copy/unet");
    assertThat(config(copy)).isEqualTo(config(source));
    Safetensors before = Safetensors.open(source.resolve(Checkpoint.WEIGHTS));
    Safetensors after = Safetensors.open(copy.resolve(Checkpoint.WEIGHTS));
    assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
    for (String tensor : before.names()) {
      assertThat(after.entry(tensor).shape()).as(tensor).isEqualTo(before.entry(tensor).shape());
      assertThat(after.floats(tensor)).as(tensor).isEqualTo(before.floats(tensor));
    }
  }

  private static UNet2DConfig config(Path folder) {
    Path file = folder.resolve("config.json");
    return UNet2DConfig.fromDiffusers(Json.read(file), file.toString());
  }

  @Test
  void fourierFrequenciesAreStoredButNoPartOfTheGradient() {
    try (Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve("unet-fourier"))) {
      Parameters parameters = checkpoint.model().parameters();
      assertThat(parameters.stored()).extracting(Parameter::name).contains("time_proj.weight");
      assertThat(parameters.list()).extracting(Parameter::name).doesNotContain("time_proj.weight");
      assertThat(parameters.count())
          .isEqualTo(parameters.list().stream().mapToInt(Parameter::numel).sum());
    }
  }

  @AfterAll
  static void writeTable() throws IOException {
    Map<String, ObjectNode> pytorch = new TreeMap<>();
    Json.read(GOLDEN.resolve("pytorch-float32-errors.json"))
        .properties()
        .forEach(e -> pytorch.put(e.getKey(), (ObjectNode) e.getValue()));
    StringBuilder table = new StringBuilder();
    table.append("| configuration | output, float64 | gradient, float64 | output, float32 |");
    table.append(
        " gradient, float32 | PyTorch's output, float32 | PyTorch's gradient, float32 |\n");
    table.append("|---|---|---|---|---|---|---|\n");
    TABLE.forEach(
        (name, errors) -> {
          double[] cells =
              IntStream.range(0, 6).mapToDouble(i -> cell(errors, pytorch.get(name), i)).toArray();
          table.append("| `").append(name.substring("unet-".length())).append("` |");
          for (double cell : cells) {
            table.append(String.format(Locale.ROOT, " %.0e |", cell));
          }
          table.append('\n');
        });
    Files.writeString(Path.of("target/parity.md"), table);
  }

  private static double cell(List<Errors> errors, ObjectNode pytorch, int i) {
    return switch (i) {
      case 0, 2 -> errors.get(i / 2).output();
      case 1, 3 -> errors.get(i / 2).gradient();
      case 4 -> pytorch.path("output").asDouble();
      default -> pytorch.path("gradient").asDouble();
    };
  }
}
