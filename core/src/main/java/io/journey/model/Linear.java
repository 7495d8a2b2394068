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
}
