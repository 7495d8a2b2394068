package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model without weights, in float64: a·x + b(t).
 *
 * @param shape of the images
 * @param slope a
 * @param shift b
 * @param parameters none
 */
public record ClosedFormDenoiser(
    ImageShape shape, double slope, IntToDoubleFunction shift, Parameters parameters)
    implements Denoiser {

  public ClosedFormDenoiser(ImageShape shape, double slope, IntToDoubleFunction shift) {
    this(shape, slope, shift, new Parameters());
    parameters.add("none", 1, 1);
    parameters.allocate(ScalarType.Double);
  }

  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    int[] timesteps = in.wholeTimesteps();
    double[] x = Libtorch.doubles(in.sample());
    int numel = shape.numel();
    for (int i = 0; i < x.length; i++) {
      x[i] = slope * x[i] + shift.applyAsDouble(timesteps[i / numel]);
    }
    return Libtorch.of(x).view(timesteps.length, shape.channels(), shape.height(), shape.width());
  }
}
