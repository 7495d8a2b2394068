package io.journey.gradient;

import io.journey.diffusion.DenoisingDraws;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Gradients put together from their parts. */
final class WholeGradients {
  private WholeGradients() {}

  /** [images][p] */
  static float[][] of(ExampleGradients gradients, int p, List<DenoisingDraws> images, Tensor mask) {
    float[][] whole = new float[images.size()][p];
    gradients.compute(
        images,
        mask,
        (weight, image, gradient) -> {
          float[] values = Libtorch.floats(gradient.formed());
          int length = weight.numel();
          for (int i = 0; i < values.length; i++) {
            whole[image + i / length][weight.offset() + i % length] += values[i];
          }
        });
    return whole;
  }
}
