package io.journey.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failure would mean that long runs eat all memory. */
class NativeMemoryTest {
  /** Everything a gradient gives. */
  private static void use(Parameter weight, int image, LayerGradient gradient) {
    try (PointerScope scope = new PointerScope()) {
      long outputs = weight.shape()[0];
      long inputs = weight.numel() / outputs;
      Tensor left = Libtorch.zeros(ScalarType.Float, outputs, outputs);
      Tensor right = Libtorch.zeros(ScalarType.Float, inputs, inputs);
      gradient.formed();
      gradient.between(left, right);
      gradient.addSides(left, right, 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void fiftyBatchesLeaveNoNativeObjectBehind(GradientMethod method) {
    UNet2DConfig config =
        new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    try (LayeredDenoiser model = config.random(Seed.of(1), ScalarType.Float)) {
      ExampleGradients gradients = method.create(model, NoiseSchedule.ddpm());
      List<DenoisingDraws> images =
          List.of(
              DenoisingDraws.uniform(
                  new float[64], Condition.NONE, NoiseSchedule.ddpm(), Seed.of(2), 3),
              DenoisingDraws.uniform(
                  new float[64], Condition.NONE, NoiseSchedule.ddpm(), Seed.of(3), 3));
      for (int i = 0; i < 3; i++) {
        gradients.compute(images, null, NativeMemoryTest::use);
      }
      long count = Pointer.totalCount();
      long bytes = Pointer.totalBytes();
      for (int i = 0; i < 50; i++) {
        gradients.compute(images, null, NativeMemoryTest::use);
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
      assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(bytes);
    }
  }
}
