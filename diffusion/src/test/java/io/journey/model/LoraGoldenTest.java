package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.DType;
import io.journey.array.Safetensors;
import io.journey.condition.Condition.Caption;
import io.journey.condition.Conditioning;
import io.journey.condition.TextStates;
import io.journey.diffusion.DenoiserInput;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingLoss;
import io.journey.nn.Parameter;
import io.journey.nn.Tape;
import io.journey.run.GoldenFiles;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRA in every scheme of names against peft's (tools/golden/make_lora.py). */
class LoraGoldenTest {
  static final Path GOLDEN = Path.of("src/test/resources/golden/lora");

  /** Gradients are stored in float32; all is computed in float64 from the same numbers. */
  private static final double TOLERANCE = 1e-6;

  /** What diffusers can be asked to load: {@code make_lora.py check}. */
  private static final Path WRITTEN = Path.of("target/lora-written");

  @TempDir Path folder;

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSize(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "peft-names",
        "peft-names/pytorch_lora_weights.safetensors",
        "peft-folder",
        "kohya.safetensors",
        "diffusers.safetensors",
        "early.bin"
      })
  void everySchemeGivesOutputAndGradientsOfPeft(String name) {
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = base().withLora(LoraFile.open(GOLDEN.resolve(name)))) {
      assertThat(predict(checkpoint)).satisfies(close("output"));
      List<Parameter> pairs = checkpoint.model().parameters().list();
      TensorVector gradients =
          Libtorch.gradients(loss(checkpoint), checkpoint.model().parameters().leaves());
      boolean folded = name.startsWith("diffusers") || name.startsWith("early");
      List<Double> scales = scales();
      Set<String> names = new HashSet<>();
      for (int i = 0; i < pairs.size(); i++) {
        String grad = "grad." + pairs.get(i).name();
        names.add(grad);
        double[] found = Libtorch.doubles(gradients.get(i).contiguous());
        float[] stored = golden().floats(grad);
        // Where B has taken up the scale s, its gradient is 1/s times that of peft's B.
        double factor = i % 2 == 1 && folded ? 1 / scales.get(i / 2) : 1;
        double[] expected =
            IntStream.range(0, stored.length).mapToDouble(j -> factor * stored[j]).toArray();
        assertThat(error(found, expected)).as(grad).isLessThan(TOLERANCE);
      }
      assertThat(golden().names().stream().filter(n -> n.startsWith("grad.")).toList())
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void weightsOfTheModelAreConstantsWithoutGradients() {
    try (Checkpoint checkpoint = base()) {
      int all = checkpoint.model().parameters().count();
      Checkpoint adapted = checkpoint.withLora(kohya());
      assertThat(adapted.model().parameters().frozen())
          .allMatch(Parameter::isConstant)
          .noneMatch(weight -> weight.tensor().requires_grad());
      assertThat(adapted.model().parameters().frozen().stream().mapToInt(Parameter::numel).sum())
          .isEqualTo(all);
      assertThat(adapted.model().parameters().list())
          .allMatch(weight -> weight.name().matches(".+\\.lora_[AB]\\.weight"));
      assertThat(adapted.fingerprint()).isNotEqualTo(checkpoint.fingerprint());
    }
  }

  @Test
  void mergedIsAppliedAndKeepsAllWeightsInTheta() {
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = base()) {
      int all = checkpoint.model().parameters().count();
      assertThat(predict(checkpoint)).satisfies(close("base_output"));
      Checkpoint merged = checkpoint.mergedWith(kohya());
      assertThat(predict(merged)).satisfies(close("output"));
      assertThat(merged.model().parameters().count()).isEqualTo(all);
      assertThat(merged.fingerprint()).isNotEqualTo(checkpoint.fingerprint());
    }
  }

  @Test
  void whatIsWrittenIsReadAsTheSameModel() throws IOException {
    Files.createDirectories(WRITTEN);
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = base().withLora(kohya())) {
      LoraWriter.write(WRITTEN, (LayeredDenoiser) checkpoint.model());
      try (Checkpoint again = base().withLora(LoraFile.open(WRITTEN))) {
        assertThat(predict(again)).satisfies(close("output"));
        assertThat(again.model().parameters().get())
            .isEqualTo(checkpoint.model().parameters().get());
      }
      Safetensors peft = Safetensors.open(GOLDEN.resolve("peft-names").resolve(LoraWriter.FILE));
      assertThat(Safetensors.open(WRITTEN.resolve(LoraWriter.FILE)).names())
          .containsExactlyInAnyOrderElementsOf(peft.names());
    }
  }

  @Test
  void aModelWithALoraTakesNoSecondAndIsNotExported() {
    try (Checkpoint checkpoint = base().withLora(kohya())) {
      assertThatThrownBy(() -> checkpoint.withLora(kohya()))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("has a LoRA");
      assertThatThrownBy(() -> checkpoint.export(folder.resolve("x"), DType.F32, 1 << 20))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("has a LoRA");
    }
  }

  /** The layers of the pairs are not all in a U-Net of another shape. */
  @ParameterizedTest
  @ValueSource(strings = {"no-mid", "sd1-like"})
  void aLoraOfAnotherModelIsRefusedAndChangesNothing(String name) {
    Path other = Path.of("src/test/resources/golden/condition").resolve(name);
    try (Checkpoint checkpoint = Checkpoint.read(other)) {
      float[] before = checkpoint.model().parameters().get();
      for (Runnable use :
          List.<Runnable>of(
              () -> checkpoint.withLora(kohya()), () -> checkpoint.mergedWith(kohya()))) {
        assertThatThrownBy(use::run)
            .isInstanceOf(JourneyException.class)
            .hasMessageContaining("is a LoRA of another U-Net")
            .hasMessageContaining("name the model it was trained on");
      }
      assertThat(checkpoint.model().parameters().get()).isEqualTo(before);
    }
  }

  /** Returns the scales of peft's layers, in the order of the model. */
  private static List<Double> scales() {
    try (Checkpoint checkpoint = base().withLora(kohya())) {
      List<Double> scales =
          LoraFit.adaptable((LayeredDenoiser) checkpoint.model()).stream()
              .filter(layer -> layer.pair() != null)
              .map(layer -> layer.pair().scale())
              .toList();
      assertThat(scales).contains(1.5, 1.0, 0.5);
      return scales;
    }
  }

  private static LoraFile kohya() {
    return LoraFile.open(GOLDEN.resolve("kohya.safetensors"));
  }

  private static Checkpoint base() {
    return Checkpoint.read(GOLDEN.resolve("base"), ScalarType.Double);
  }

  private static Safetensors golden() {
    return Safetensors.open(GOLDEN.resolve("golden.safetensors"));
  }

  private static Consumer<double[]> close(String name) {
    return found -> assertThat(error(found, golden().doubles(name))).isLessThan(TOLERANCE);
  }

  private static double error(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isFinite();
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }

  private static double[] predict(Checkpoint checkpoint) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      return Libtorch.doubles(checkpoint.model().predict(input(), Tape.NONE).contiguous());
    }
  }

  private static Tensor loss(Checkpoint checkpoint) {
    DenoisingBatch batch = new DenoisingBatch(input(), tensor("noise"), null);
    return DenoisingLoss.perRow(checkpoint.model().predict(batch.input()), batch, null).mean();
  }

  private static DenoiserInput input() {
    List<Long> shape = golden().shape("states");
    int tokens = shape.get(1).intValue();
    int width = shape.get(2).intValue();
    float[] states = golden().floats("states");
    List<Caption> captions = new ArrayList<>();
    for (int b = 0; b < shape.get(0); b++) {
      float[] own = Arrays.copyOfRange(states, b * tokens * width, (b + 1) * tokens * width);
      captions.add(new Caption("caption " + b, TextStates.of(own, tokens, width)));
    }
    int[] steps = Arrays.stream(golden().longs("timestep")).mapToInt(Math::toIntExact).toArray();
    return new DenoiserInput(tensor("sample"), steps, Conditioning.of(captions));
  }

  private static Tensor tensor(String name) {
    long[] shape = golden().shape(name).stream().mapToLong(Long::longValue).toArray();
    return Libtorch.of(golden().doubles(name)).view(shape);
  }
}
