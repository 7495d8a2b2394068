package io.journey.training;

import io.journey.nn.Parameters;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Adam (Kingma and Ba 2015) on the flat parameter vector, and the moving average of weights. */
public final class Adam implements AutoCloseable {
  /**
   * Weights that a core updates at once: what an update reads and writes of them stays in its
   * cache. A GPU updates all at once.
   */
  private static final int CHUNK = 1 << 15;

  /** Weights that are one part of the work. */
  private static final int BLOCK = 32 * CHUNK;

  private final TrainingConfig config;
  private final IntToDoubleFunction rates; // of each step
  private final Parameters parameters;
  private final Tensor mean; // [p]
  private final Tensor square; // [p]
  private final Tensor average; // [p]

  /**
   * @param config rate, decays, average
   * @param parameters what is updated; stays its owner's
   */
  public Adam(TrainingConfig config, Parameters parameters) {
    this(config, parameters, 0);
  }

  /**
   * Returns one whose rate does not fall.
   *
   * @param config rate, decays, average
   * @param parameters what is updated; stays its owner's
   */
  static Adam steady(TrainingConfig config, Parameters parameters) {
    return new Adam(config, parameters, step -> config.learningRate());
  }

  /**
   * @param config rate, decays, average
   * @param parameters what is updated; stays its owner's
   * @param first how many steps were taken before, which {@link #restore} goes on from
   */
  Adam(TrainingConfig config, Parameters parameters, int first) {
    this(config, parameters, step -> config.learningRateAt(step, first));
  }

  private Adam(TrainingConfig config, Parameters parameters, IntToDoubleFunction rates) {
    this.config = config;
    this.rates = rates;
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
   * @param step counted from the first that the weights ever took, 0
   * @param gradient [p]
   * @param parts who else can update some of the weights; a weight's update depends on no other's
   */
  public void step(int step, Tensor gradient, Workers.Parts parts) {
    double correction1 = 1 - StrictMath.pow(config.adamBeta1(), step + 1);
    double correction2 = 1 - StrictMath.pow(config.adamBeta2(), step + 1);
    double rate = rates.applyAsDouble(step) / correction1;
    long count = parameters.count();
    if (!Libtorch.device().isCpu()) {
      try (NoGradGuard guard = new NoGradGuard()) {
        chunk(step, gradient, 0, count, rate, correction2);
      }
      return;
    }
    parts.forEach(
        Math.toIntExact((count + BLOCK - 1) / BLOCK),
        block -> {
          long end = Math.min(count, (block + 1L) * BLOCK);
          try (NoGradGuard guard = new NoGradGuard()) {
            for (long from = (long) block * BLOCK; from < end; from += CHUNK) {
              chunk(step, gradient, from, Math.min(CHUNK, end - from), rate, correction2);
            }
          }
        });
  }

  /** The update of some weights. */
  private void chunk(
      int step, Tensor gradient, long from, long count, double rate, double correction2) {
    try (PointerScope scope = new PointerScope()) {
      Tensor g = gradient.narrow(0, from, count);
      Tensor m = mean.narrow(0, from, count);
      Tensor v = square.narrow(0, from, count);
      Tensor theta = parameters.flat().narrow(0, from, count);
      m.lerp_(g, new Scalar(1 - config.adamBeta1()));
      v.mul_(new Scalar(config.adamBeta2())).addcmul_(g, g, new Scalar(1 - config.adamBeta2()));
      Tensor denominator =
          v.sqrt().div_(new Scalar(Math.sqrt(correction2))).add_(new Scalar(config.adamEpsilon()));
      theta.addcdiv_(m, denominator, new Scalar(-rate));
      if (config.emaDecay() > 0) {
        average.narrow(0, from, count).lerp_(theta, new Scalar(1 - config.emaDecayAt(step)));
      }
    }
  }

  /** Returns the weights that become the checkpoint. */
  public float[] result() {
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
