package io.journey.unrolling;

import io.journey.tensor.Libtorch;
import io.journey.training.TrainingConfig;
import io.journey.training.TrainingReplay;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a step of Adam does to weights and moments, to first order. The step is m' = β₁m + (1−β₁)g,
 * v' = β₂v + (1−β₂)g², θ' = θ − η·m̂/(√v̂ + ϵ) with m̂ = m'/(1−β₁^s), v̂ = v'/(1−β₂^s).
 *
 * @param gradient g, [1, p]
 * @param byMean ∂θ'/∂m', [1, p]
 * @param bySquare ∂θ'/∂v', [1, p]; 0 where v' is
 * @param beta1 β₁
 * @param beta2 β₂
 * @param kept what the moving average of weights keeps of itself; 0 where there is none
 */
record AdamStep(
    Tensor gradient, Tensor byMean, Tensor bySquare, double beta1, double beta2, double kept)
    implements AutoCloseable {
  /**
   * @param before what the step began with
   * @param gradient g, [p]
   */
  static AdamStep of(TrainingConfig config, TrainingReplay.Before before, Tensor gradient) {
    int step = before.step();
    double beta1 = config.adamBeta1();
    double beta2 = config.adamBeta2();
    double correction1 = 1 - StrictMath.pow(beta1, step + 1);
    double correction2 = 1 - StrictMath.pow(beta2, step + 1);
    double rate = config.learningRateAt(step, 0);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor m = after(before.mean(), gradient, beta1).div_(new Scalar(correction1));
      Tensor root =
          after(before.square(), gradient.to(ScalarType.Double).square(), beta2)
              .div_(new Scalar(correction2))
              .sqrt_();
      Tensor inverse = root.add(new Scalar(config.adamEpsilon())).reciprocal_();
      Tensor slope = m.mul(inverse).mul_(inverse).div_(root.mul(new Scalar(2)));
      slope.masked_fill_(root.eq(new Scalar(0)), new Scalar(0));
      return new AdamStep(
          row(gradient.clone()),
          row(inverse.mul_(new Scalar(-rate / correction1))),
          row(slope.mul_(new Scalar(rate / correction2))),
          beta1,
          beta2,
          config.emaDecay() > 0 ? config.emaDecayAt(step) : 0);
    }
  }

  /** Returns the same of some weights, in the caller's scope: views of these numbers. */
  AdamStep columns(long from, long most) {
    long count = Math.min(most, gradient.size(1) - from);
    return new AdamStep(
        gradient.narrow(1, from, count),
        byMean.narrow(1, from, count),
        bySquare.narrow(1, from, count),
        beta1,
        beta2,
        kept);
  }

  /** A moment after a step, [p] float64. */
  private static Tensor after(float[] before, Tensor added, double decay) {
    return Libtorch.of(before, ScalarType.Double, before.length)
        .lerp_(added.to(ScalarType.Double), new Scalar(1 - decay));
  }

  private static Tensor row(Tensor values) {
    return Libtorch.keep(values.to(ScalarType.Float).unsqueeze(0));
  }

  @Override
  public void close() {
    gradient.close();
    byMean.close();
    bySquare.close();
  }
}
