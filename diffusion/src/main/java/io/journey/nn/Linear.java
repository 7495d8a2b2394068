package io.journey.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A linear map over the last dimension, with or without bias. */
public final class Linear implements TrackedLayer {
  private final Parameter weight; // (O, I)
  private final Parameter bias; // (O), or null

  /** A linear map with bias. */
  public Linear(Parameters parameters, String name, int in, int out) {
    this(parameters, name, in, out, true);
  }

  /** Announces the weights. */
  public Linear(Parameters parameters, String name, int in, int out, boolean bias) {
    this.weight = parameters.add(name + ".weight", in, out, in);
    this.bias = bias ? parameters.add(name + ".bias", in, out) : null;
  }

  /** (B, …, I) -> (B, …, O) */
  public Tensor forward(Tensor x, Tape tape) {
    TensorOptional shift = bias == null ? new TensorOptional() : new TensorOptional(bias.tensor());
    Tensor y = torch.linear(x, weight.tensor(), shift);
    tape.record(this, x, y);
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

  /** Gradients are sums of outer products over draws and tokens. */
  @Override
  public ExampleGradientRule rule() {
    return (use, delta, sink) -> {
      Tensor deltas = use.tokens(delta);
      if (sink.wants(weight)) {
        long tokens = deltas.size(1) / use.draws();
        sink.accept(weight, new OuterProducts(deltas, use.tokens(use.input()), tokens));
      }
      if (bias != null && sink.wants(bias)) {
        sink.accept(bias, FormedGradient.of(bias, deltas.sum(1)));
      }
    };
  }
}
