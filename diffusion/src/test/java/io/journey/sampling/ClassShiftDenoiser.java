package io.journey.sampling;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.model.ConditioningSpec;
import io.journey.model.Denoiser;
import io.journey.model.InputRange;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A model that is told classes: what another predicts plus a number for each class.
 *
 * @param shifts of the classes 0, 1, …
 */
record ClassShiftDenoiser(Denoiser plain, List<Double> shifts) implements Denoiser {
  @Override
  public ImageShape shape() {
    return plain.shape();
  }

  @Override
  public Parameters parameters() {
    return plain.parameters();
  }

  @Override
  public ConditioningSpec conditioning() {
    return new ConditioningSpec(new InputRange(0, shifts.size() - 1));
  }

  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    ImageShape shape = shape();
    double[] out = Libtorch.doubles(plain.predict(in));
    for (int i = 0; i < out.length; i++) {
      out[i] += shifts.get(in.condition().classNumbers()[i / shape.numel()]);
    }
    return Libtorch.of(out)
        .view(in.timesteps().length, shape.channels(), shape.height(), shape.width());
  }
}
