package io.journey.nn;

import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Normalisation over the last dimension with a scale and a shift (Ba et al. 2016). */
public final class LayerNorm implements TrackedLayer {
  private final Parameter weight; // (C)
  private final Parameter bias; // (C)
  private final double eps;

  /** Announces the scale, 1, and the shift, 0. */
  public LayerNorm(Parameters parameters, String name, int channels, double eps) {
    this.weight = parameters.addConstant(name + ".weight", 1, channels);
    this.bias = parameters.addConstant(name + ".bias", 0, channels);
    this.eps = eps;
  }

  /** (B, …, C) -> (B, …, C) */
  public Tensor forward(Tensor x, Tape tape) {
    // Wider than x where products alone compute in fewer bits.
    Tensor in = x.to(weight.tensor().scalar_type()).contiguous();
    T_TensorTensorTensor_T result = // output, and mean and 1/deviation of each token (B, …, 1)
        torch.native_layer_norm(
            in,
            new long[] {weight.numel()},
            new TensorOptional(weight.tensor()),
            new TensorOptional(bias.tensor()),
            eps);
    // Copies of references: those of the tuple end with it.
    Tensor y = new Tensor(result.get0());
    tape.record(this, in, y, result.get1(), result.get2());
    return y;
  }

  @Override
  public Parameter weight() {
    return weight;
  }

  @Override
  public Parameter bias() {
    return bias;
  }

  /** Sums over draws and tokens of δ·x̂ and of δ, x̂ the normalised input. */
  @Override
  public ExampleGradientRule rule() {
    return (use, delta, sink) -> {
      if (sink.wants(weight)) {
        Tensor normalised = use.input().sub(use.saved()[0]).mul(use.saved()[1]);
        Tensor products = use.tokens(delta.mul(normalised));
        sink.accept(weight, FormedGradient.of(weight, products.sum(1)));
      }
      if (sink.wants(bias)) {
        sink.accept(bias, FormedGradient.of(bias, use.tokens(delta).sum(1)));
      }
    };
  }
}
