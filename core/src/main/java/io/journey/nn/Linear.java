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
}
