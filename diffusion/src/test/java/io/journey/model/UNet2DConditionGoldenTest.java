package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.condition.Condition.Caption;
import io.journey.condition.Conditioning;
import io.journey.condition.TextStates;
import io.journey.diffusion.DenoiserInput;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingLoss;
import io.journey.nn.Tape;
import io.journey.run.GoldenFiles;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Text-conditional U-Nets against diffusers' (tools/golden/make_unet_condition.py), with the
 * tolerances of {@link UNet2DGoldenTest}. {@code target/parity-condition.md} gets the rows that
 * docs/parity.md shows.
 */
class UNet2DConditionGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/condition");
  private static final double FLOAT64 = 1e-6;
  private static final double FLOAT32_OUTPUT = 5e-6;
  private static final double FLOAT32_GRADIENT = 2e-5;

  private static final Map<String, double[]> TABLE = new TreeMap<>();

  @TempDir Path folder;

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSize(18);
  }

  @ParameterizedTest
  @ValueSource(strings = {"coco-like", "sd1-like", "sd2-like", "other-options", "no-mid"})
  void outputsAndParameterGradientsMatchDiffusers(String name) {
    double[] exact = errors(name, ScalarType.Double);
    double[] single = errors(name, ScalarType.Float);
    TABLE.put(name, new double[] {exact[0], exact[1], single[0], single[1]});
    assertThat(exact[0]).isLessThan(FLOAT64);
    assertThat(exact[1]).isLessThan(FLOAT64);
    assertThat(single[0]).isLessThan(FLOAT32_OUTPUT);
    assertThat(single[1]).isLessThan(FLOAT32_GRADIENT);
  }

  /** Errors of the output and of the gradient. */
  private static double[] errors(String name, ScalarType type) {
    Safetensors golden = golden(name);
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve(name), type)) {
      Denoiser model = checkpoint.model();
      DenoiserInput input =
          new DenoiserInput(
              UNet2DGoldenTest.tensor(golden, "sample", type),
              timesteps(golden),
              Conditioning.of(captions(golden)));
      DenoisingBatch batch =
          new DenoisingBatch(input, UNet2DGoldenTest.tensor(golden, "noise", type), null);
      Tensor output = model.predict(input);
      Tensor loss = DenoisingLoss.perRow(output, batch, null).mean();
      TensorVector gradients = Libtorch.gradients(loss, model.parameters().leaves());
      double[] difference = new double[2];
      UNet2DGoldenTest.compare(output.detach(), golden.doubles("output"), difference);
      double outputError = difference[0] / difference[1];
      difference =
          UNet2DGoldenTest.gradientDifference(model.parameters().list(), gradients, golden);
      return new double[] {outputError, difference[0] / difference[1]};
    }
  }

  private static Safetensors golden(String name) {
    return Safetensors.open(GOLDEN.resolve(name).resolve("golden.safetensors"));
  }

  private static List<Caption> captions(Safetensors golden) {
    List<Long> shape = golden.entry("states").shape();
    int tokens = Math.toIntExact(shape.get(1));
    int width = Math.toIntExact(shape.get(2));
    float[] states = golden.floats("states");
    List<Caption> captions = new ArrayList<>();
    for (int b = 0; b < shape.get(0); b++) {
      float[] own = Arrays.copyOfRange(states, b * tokens * width, (b + 1) * tokens * width);
      captions.add(new Caption("caption " + b, TextStates.of(own, tokens, width)));
    }
    return captions;
  }

  private static int[] timesteps(Safetensors file) {
    return Arrays.stream(file.longs("timestep")).mapToInt(Math::toIntExact).toArray();
  }

  /** As guidance asks: the caption's row and the null caption's, beside each other or alone. */
  @ParameterizedTest
  @ValueSource(strings = {"coco-like", "sd1-like", "sd2-like", "other-options", "no-mid"})
  void rowsWithAndWithoutACaptionAreThoseOfSeparatePasses(String name) {
    Safetensors golden = golden(name);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve(name), ScalarType.Double)) {
      Denoiser model = checkpoint.model();
      Caption caption = captions(golden).get(0);
      Caption none = new Caption("", captions(golden).get(1).states());
      Tensor one = UNet2DGoldenTest.tensor(golden, "sample", ScalarType.Double).narrow(0, 0, 1);
      Tensor both = one.repeat(4, 1, 1, 1);
      Conditioning rows = Conditioning.of(List.of(none, caption, caption, none));
      assertThat(rows.entries()).containsExactly(none, caption);
      double[] together =
          Libtorch.doubles(model.predict(new DenoiserInput(both, new int[] {7, 7, 7, 7}, rows)));
      int numel = together.length / 4;
      for (int row = 0; row < 4; row++) {
        Condition own = rows.entries().get(rows.ofRows()[row]);
        double[] alone =
            Libtorch.doubles(
                model.predict(
                    new DenoiserInput(one, new int[] {7}, Conditioning.repeated(own, 1))));
        for (int i = 0; i < numel; i++) {
          assertThat(Math.abs(together[row * numel + i] - alone[i])).isLessThan(1e-12);
        }
      }
      assertThat(Arrays.copyOfRange(together, 0, numel))
          .isNotEqualTo(Arrays.copyOfRange(together, numel, 2 * numel));
    }
  }

  /** Keys and values of a caption are computed once, whatever the number of its rows. */
  @Test
  void layersThatACaptionGoesThroughSeeARowForEachEntry() {
    Safetensors golden = golden("coco-like");
    Map<String, Long> rows = new HashMap<>();
    Tape tape = (layer, input, output, saved) -> rows.put(layer.name(), input.size(0));
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve("coco-like"), ScalarType.Float)) {
      Tensor six = UNet2DGoldenTest.tensor(golden, "sample", ScalarType.Float).repeat(3, 1, 1, 1);
      Conditioning conditions =
          Conditioning.ofImages(captions(golden).stream().map(List::of).toList(), 3);
      checkpoint
          .model()
          .predict(new DenoiserInput(six, new int[] {1, 2, 3, 4, 5, 6}, conditions), tape);
    }
    assertThat(rows).isNotEmpty();
    rows.forEach(
        (layer, count) ->
            assertThat(count).as(layer).isEqualTo(layer.matches(".*attn2.to_[kv]") ? 2 : 6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"coco-like", "sd1-like", "sd2-like", "other-options", "no-mid"})
  void whatIsReadFromDiffusersIsWrittenBackWhole(String name) {
    Path source = GOLDEN.resolve(name);
    ObjectNode none = Json.object();
    try (Checkpoint checkpoint = Checkpoint.read(source);
        RunDirectory run = RunDirectory.claim(folder, "test", none, none)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      Checkpoint.write(
          run,
          "copy",
          model,
          model.parameters().get(),
          checkpoint.scheduler(),
          checkpoint.classNames());
    }
    assertThat(config(folder.resolve("copy/unet"))).isEqualTo(config(source));
    Safetensors before = Safetensors.open(source.resolve(Checkpoint.WEIGHTS));
    Safetensors after = Safetensors.open(folder.resolve("copy/unet/" + Checkpoint.WEIGHTS));
    assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
    for (String tensor : before.names()) {
      assertThat(after.entry(tensor).shape()).as(tensor).isEqualTo(before.entry(tensor).shape());
      assertThat(after.floats(tensor)).as(tensor).isEqualTo(before.floats(tensor));
    }
    try (Checkpoint first = Checkpoint.read(folder.resolve("copy"));
        Checkpoint again = Checkpoint.read(folder.resolve("copy/unet"))) {
      assertThat(again.fingerprint()).isEqualTo(first.fingerprint());
      assertThat(first.inputs().conditioning().captions().width())
          .isEqualTo(golden(name).entry("states").shape().get(2).intValue());
    }
  }

  private static DenoiserConfig config(Path folder) {
    Path file = folder.resolve("config.json");
    return Architecture.read(Json.read(file), file.toString());
  }

  @AfterAll
  static void writeTable() throws IOException {
    ObjectNode pytorch = Json.read(GOLDEN.resolve("pytorch-float32-errors.json"));
    StringBuilder table = new StringBuilder();
    TABLE.forEach(
        (name, errors) -> {
          table.append("| `").append(name).append("` |");
          for (double error : errors) {
            table.append(String.format(Locale.ROOT, " %.0e |", error));
          }
          for (String what : List.of("output", "gradient")) {
            double error = pytorch.path(name).path(what).asDouble();
            table.append(String.format(Locale.ROOT, " %.0e |", error));
          }
          table.append('\n');
        });
    Files.writeString(Path.of("target/parity-condition.md"), table);
  }
}
