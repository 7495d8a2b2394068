package io.journey.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A linear map with bias over the last dimension. */
public final class Linear implements Layer {
  private final Parameter weight; // (O, I)
  private final Parameter bias; // (O)

  Linear(Parameters parameters, String name, int in, int out) {
    this.weight = parameters.add(name + ".weight", in, out, in);
    this.bias = parameters.add(name + ".bias", in, out);
  }

  /** (B, …, I) -> (B, …, O) */
  Tensor forward(Tensor x, LayerTape tape) {
    Tensor y = torch.linear(x, weight.tensor(), new TensorOptional(bias.tensor()));
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
