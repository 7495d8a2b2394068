package io.journey.model;

import io.journey.condition.Condition;
import io.journey.condition.Conditioning;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Predicts from a noised image its noise ε, the clean image or the velocity, as its schedule says.
 * Any number of threads may predict at once while nobody writes the parameters.
 */
public interface Denoiser extends AutoCloseable {
  /** Returns the shape of the images. */
  ImageShape shape();

  /** Returns θ. */
  Parameters parameters();

  /**
   * Computes the model's output at (x_t, t) and records every use of a layer.
   *
   * @param in x_t of the parameters' number type
   * @param tape told of every layer; of a model that is no {@link LayeredDenoiser} it is told
   *     nothing
   * @return [B, C, H, W]; lives in the caller's scope
   */
  Tensor predict(DenoiserInput in, Tape tape);

  /** Computes the model's output at (x_t, t). */
  default Tensor predict(DenoiserInput in) {
    return predict(in, Tape.NONE);
  }

  /** Returns the conditions the model takes. */
  default ConditioningSpec conditioning() {
    return ConditioningSpec.NONE;
  }

  /** Returns the timesteps the model takes. */
  default InputRange timesteps() {
    return InputRange.from(0);
  }

  /**
   * Computes the model's output for one image, without gradients.
   *
   * @param xt [C·H·W]
   * @return [C·H·W]
   */
  default float[] predict(float[] xt, float timestep, Condition condition) {
    return predict(new float[][] {xt}, timestep, condition)[0];
  }

  /**
   * Computes the model's output for several images at one step, in one pass without gradients. It
   * equals that of each image alone up to rounding.
   *
   * @param xt [B][C·H·W]
   * @param condition of all images
   * @return [B][C·H·W]
   */
  default float[][] predict(float[][] xt, float timestep, Condition condition) {
    ImageShape shape = shape();
    int numel = shape.numel();
    float[] flat = new float[Math.multiplyExact(xt.length, numel)];
    for (int b = 0; b < xt.length; b++) {
      System.arraycopy(xt[b], 0, flat, b * numel, numel);
    }
    float[] timesteps = new float[xt.length];
    Arrays.fill(timesteps, timestep);
    Conditioning conditions = Conditioning.repeated(condition, xt.length);
    float[] output;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      long[] dims = {xt.length, shape.channels(), shape.height(), shape.width()};
      Tensor sample = Libtorch.of(flat, parameters().type(), dims);
      output = Libtorch.floats(predict(new DenoiserInput(sample, timesteps, conditions)));
    }
    float[][] rows = new float[xt.length][];
    for (int b = 0; b < xt.length; b++) {
      rows[b] = Arrays.copyOfRange(output, b * numel, (b + 1) * numel);
    }
    return rows;
  }

  @Override
  default void close() {
    parameters().close();
  }
}
