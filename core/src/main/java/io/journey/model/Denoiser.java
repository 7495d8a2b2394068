package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * What a diffusion model predicts from a noised image: its noise ε, the clean image or the
 * velocity, as its schedule says. Any number of threads may predict at once while nobody writes the
 * parameters.
 */
public interface Denoiser extends AutoCloseable {
  /** The shape of the images. */
  ImageShape shape();

  /** θ. */
  Parameters parameters();

  /**
   * The model's output at (x_t, t).
   *
   * @param xt [B, C, H, W], of the parameters' number type
   * @param timesteps t of each row, [B]
   * @param labels the class of each row, [B], or null where they have none; ignored by a model
   *     without classes
   * @return [B, C, H, W]; lives in the caller's scope
   */
  Tensor predict(Tensor xt, int[] timesteps, int[] labels);

  /** The classes the model takes; empty: it has none and ignores labels. */
  default InputRange labels() {
    return InputRange.NONE;
  }

  /** The timesteps the model takes. */
  default InputRange timesteps() {
    return InputRange.from(0);
  }

  /**
   * The model's output for one image, without gradients.
   *
   * @param xt [C·H·W]
   * @param label its class, or -1 where it has none
   * @return [C·H·W]
   */
  default float[] predict(float[] xt, int timestep, int label) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      ImageShape shape = shape();
      Tensor input =
          Libtorch.of(xt, parameters().type(), 1, shape.channels(), shape.height(), shape.width());
      int[] labels = label < 0 ? null : new int[] {label};
      return Libtorch.floats(predict(input, new int[] {timestep}, labels));
    }
  }

  /**
   * The model's output for several images at one step, in one pass without gradients. It equals
   * that of each image alone up to rounding.
   *
   * @param xt [B][C·H·W]
   * @param label the class of all, or -1 where they have none
   * @return [B][C·H·W]
   */
  default float[][] predict(float[][] xt, int timestep, int label) {
    ImageShape shape = shape();
    int numel = shape.numel();
    float[] flat = new float[Math.multiplyExact(xt.length, numel)];
    for (int b = 0; b < xt.length; b++) {
      System.arraycopy(xt[b], 0, flat, b * numel, numel);
    }
    int[] timesteps = new int[xt.length];
    Arrays.fill(timesteps, timestep);
    int[] labels = new int[xt.length];
    Arrays.fill(labels, label);
    float[] output;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      long[] dims = {xt.length, shape.channels(), shape.height(), shape.width()};
      Tensor input = Libtorch.of(flat, parameters().type(), dims);
      output = Libtorch.floats(predict(input, timesteps, label < 0 ? null : labels));
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
