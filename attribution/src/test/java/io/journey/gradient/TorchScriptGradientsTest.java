package io.journey.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingDraws;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Denoiser;
import io.journey.model.Inputs;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/**
 * The same U-Net twice: as Journey's layers, and as a program that PyTorch traced from diffusers
 * (tools/golden/make_checkpoints.py).
 */
class TorchScriptGradientsTest {
  private static final Path GOLDEN = Path.of("../base/src/test/resources/golden/checkpoints");

  /** Both compute in float32 (a trace keeps its number type) and order their sums differently. */
  private static final double ROUNDING = 1e-5;

  /** How much further from float64 than PyTorch's own float32, which is told in the golden file. */
  private static final double TIMES_FLOAT32 = 4;

  private static Checkpoint program() {
    return Checkpoint.read(
        CheckpointSpec.parse("torchscript:" + GOLDEN.resolve("torchscript-unet/model.pt")),
        ScalarType.Float);
  }

  private static List<DenoisingDraws> images(Checkpoint checkpoint, int count) {
    List<DenoisingDraws> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      float[] image = new float[checkpoint.model().shape().numel()];
      Seed.of(7).child(n).stream().fillGaussian(image);
      images.add(
          DenoisingDraws.uniform(
              image, Condition.NONE, checkpoint.schedule(), Seed.of(8).child(n), 5));
    }
    return images;
  }

  private static float[][] gradients(Checkpoint checkpoint, List<DenoisingDraws> images) {
    ExampleGradients gradients =
        GradientMethod.fasterFor(checkpoint.model())
            .create(checkpoint.model(), checkpoint.schedule());
    return WholeGradients.of(gradients, checkpoint.model().parameters().count(), images, null);
  }

  @Test
  void aTracedUNetHasTheGradientsOfItsLayers() {
    try (Checkpoint layers = Checkpoint.read(GOLDEN.resolve("reference"), ScalarType.Float);
        Checkpoint program = program()) {
      List<DenoisingDraws> images = images(layers, 3);
      float[][] expected = gradients(layers, images);
      float[][] found = gradients(program, images);
      for (int n = 0; n < images.size(); n++) {
        assertSame(layers.model(), expected[n], program.model(), found[n]);
      }
    }
  }

  private static void assertSame(
      Denoiser layers, float[] expected, Denoiser program, float[] found) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    for (float g : expected) {
      largest = Math.max(largest, Math.abs(g));
    }
    for (Parameter mine : program.parameters().list()) {
      Parameter theirs =
          layers.parameters().list().stream()
              .filter(p -> mine.name().equals("unet." + p.name()))
              .findFirst()
              .orElseThrow();
      for (int i = 0; i < mine.numel(); i++) {
        assertThat((double) found[mine.offset() + i])
            .as("%s, number %d", mine.name(), i)
            .isCloseTo(expected[theirs.offset() + i], within(ROUNDING * largest));
      }
    }
  }

  /** Numbers of Python in a trace: as float64 tensors they would stop the program. */
  @Test
  void aTraceWithNumbersInItsArithmeticHasPyTorchsGradients() {
    Safetensors golden =
        Safetensors.open(GOLDEN.resolve("torchscript-sinusoids/golden.safetensors"));
    CheckpointSpec spec =
        CheckpointSpec.parse("torchscript:" + GOLDEN.resolve("torchscript-sinusoids/model.pt"));
    try (PointerScope scope = new PointerScope();
        Checkpoint program = Checkpoint.read(spec, ScalarType.Float)) {
      Denoiser model = program.model();
      double error = TIMES_FLOAT32 * golden.doubles("float32_error")[0];
      assertThat(error).isPositive().isLessThan(1e-5);
      int compared = 0;
      for (int n = 0; n < 3; n++) {
        Tensor xt = Libtorch.of(golden.part("sample", 64L * n, 64), ScalarType.Float, 1, 1, 8, 8);
        Tensor noise = Libtorch.of(golden.part("noise", 64L * n, 64), ScalarType.Float, 1, 1, 8, 8);
        Tensor output = model.predict(Inputs.of(xt, (int) golden.longs("timestep")[n]));
        assertClose(golden, "output." + n, output.detach(), error);
        Tensor loss = noise.sub(output).square().mean();
        TensorVector gradients = Libtorch.gradients(loss, model.parameters().leaves());
        for (int i = 0; i < gradients.size(); i++) {
          String name = "grad." + n + "." + model.parameters().list().get(i).name();
          assertClose(golden, name, gradients.get(i), error);
          compared++;
        }
      }
      assertThat(compared).isEqualTo(24);
    }
  }

  /** Within a part of the largest number. */
  private static void assertClose(Safetensors golden, String name, Tensor tensor, double part) {
    double[] expected = golden.doubles(name);
    float[] found = Libtorch.floats(tensor);
    assertThat(found).hasSize(expected.length);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("%s, number %d", name, i)
          .isCloseTo(expected[i], within(part * largest));
    }
  }

  @Test
  void workersShareAProgramAndChangeNoNumber() {
    try (Checkpoint program = program()) {
      List<DenoisingDraws> images = images(program, 24);
      float[][] alone = new float[images.size()][];
      new Workers(1, Libtorch.device())
          .forEach(images.size(), n -> alone[n] = gradients(program, images.subList(n, n + 1))[0]);
      for (int round = 0; round < 3; round++) {
        float[][] together = new float[images.size()][];
        new Workers(4, Libtorch.device())
            .forEach(
                images.size(), n -> together[n] = gradients(program, images.subList(n, n + 1))[0]);
        for (int n = 0; n < images.size(); n++) {
          assertThat(java.util.Arrays.equals(together[n], alone[n])).as("image %d", n).isTrue();
        }
      }
    }
  }

  /** As {@code NativeMemoryTest} for layers: a module's tensors and values must not pile up. */
  @Test
  void gradientsLeaveNoNativeMemory() {
    try (Checkpoint program = program()) {
      List<DenoisingDraws> images = images(program, 4);
      for (int i = 0; i < 5; i++) {
        gradients(program, images);
      }
      long before = org.bytedeco.javacpp.Pointer.totalCount();
      for (int i = 0; i < 50; i++) {
        gradients(program, images);
      }
      assertThat(org.bytedeco.javacpp.Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }
}
