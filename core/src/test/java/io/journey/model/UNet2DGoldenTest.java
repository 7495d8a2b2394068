package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingLoss;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Safetensors;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole tensors from diffusers (tools/golden). Both sides compute in float64 from the same float32
 * weights; what remains are the float32 time features, whose sines differ by one unit in the last
 * place: 6e-8 in, less than 1e-6 out.
 */
class UNet2DGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @ValueSource(strings = {"unet-small", "unet-three", "unet-cifar-like"})
  void outputAndParameterGradientsMatchDiffusers(String name) {
    Safetensors golden = Safetensors.open(GOLDEN.resolve(name).resolve("golden.safetensors"));
    try (PointerScope scope = new PointerScope();
        Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve(name), ScalarType.Double)) {
      Denoiser model = checkpoint.model();
      long[] timesteps = golden.longs("timestep");
      DenoisingBatch batch =
          new DenoisingBatch(
              tensor(golden, "sample"),
              tensor(golden, "noise"),
              new int[] {(int) timesteps[0], (int) timesteps[1]},
              null);
      Tensor output = model.predict(batch.xt(), batch.timesteps(), batch.labels());
      assertClose("output", Libtorch.doubles(output.detach()), golden.doubles("output"));

      Tensor loss = DenoisingLoss.perRow(output, batch, null).mean();
      assertThat(loss.item_double())
          .isCloseTo(golden.doubles("loss")[0], org.assertj.core.data.Offset.offset(1e-6));
      TensorVector gradients = Libtorch.gradients(loss, model.parameters().leaves());
      for (int i = 0; i < model.parameters().list().size(); i++) {
        String parameter = model.parameters().list().get(i).name();
        assertClose(
            parameter, Libtorch.doubles(gradients.get(i)), golden.doubles("grad." + parameter));
      }
    }
  }

  private static Tensor tensor(Safetensors file, String name) {
    long[] shape = file.entry(name).shape().stream().mapToLong(Long::longValue).toArray();
    return Tensor.create(file.doubles(name), shape);
  }

  private static void assertClose(String name, double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i])
          .as("%s, number %d", name, i)
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-6));
    }
  }
}
