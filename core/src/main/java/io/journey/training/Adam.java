package io.journey.training;

import io.journey.model.Parameters;
import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Adam (Kingma and Ba 2015) on the flat parameter vector, and the moving average of weights. */
final class Adam implements AutoCloseable {
  private final TrainingConfig config;
  private final Parameters parameters;
  private final Tensor mean; // [p]
  private final Tensor square; // [p]
  private final Tensor average; // [p]

  Adam(TrainingConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = parameters;
    try (PointerScope scope = new PointerScope()) {
      mean = Libtorch.keep(Libtorch.zeros(parameters.type(), parameters.count()));
      square = Libtorch.keep(Libtorch.zeros(parameters.type(), parameters.count()));
      average = Libtorch.keep(parameters.flat().clone());
    }
  }

  /**
   * One update.
   *
   * @param step counted from 0
   * @param gradient [p]
   */
  void step(int step, Tensor gradient) {
    double beta1 = config.adamBeta1();
    double beta2 = config.adamBeta2();
    double correction1 = 1 - StrictMath.pow(beta1, step + 1);
    double correction2 = 1 - StrictMath.pow(beta2, step + 1);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      mean.lerp_(gradient, new Scalar(1 - beta1));
      square.mul_(new Scalar(beta2)).addcmul_(gradient, gradient, new Scalar(1 - beta2));
      Tensor denominator =
          square
              .sqrt()
              .div_(new Scalar(Math.sqrt(correction2)))
              .add_(new Scalar(config.adamEpsilon()));
      double rate = config.learningRateAt(step) / correction1;
      parameters.flat().addcdiv_(mean, denominator, new Scalar(-rate));
      if (config.emaDecay() > 0) {
        average.lerp_(parameters.flat(), new Scalar(1 - config.emaDecayAt(step)));
      }
    }
  }

  /** The weights that become the checkpoint. */
  float[] result() {
    try (PointerScope scope = new PointerScope()) {
      return Libtorch.floats(config.emaDecay() > 0 ? average : parameters.flat());
    }
  }

  /** Everything that must be kept to continue: mean, square, average. */
  float[][] state() {
    try (PointerScope scope = new PointerScope()) {
      return new float[][] {
        Libtorch.floats(mean), Libtorch.floats(square), Libtorch.floats(average)
      };
    }
  }

  /** Continues from {@link #state()}. */
  void restore(float[][] state) {
    Libtorch.write(mean, state[0]);
    Libtorch.write(square, state[1]);
    Libtorch.write(average, state[2]);
  }

  @Override
  public void close() {
    mean.close();
    square.close();
    average.close();
  }
}
