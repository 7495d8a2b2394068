package io.journey.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Group normalisation with a scale and a shift for each channel (Wu and He 2018). */
public final class GroupNorm implements Layer {
  private final Parameter weight; // (C)
  private final Parameter bias; // (C)
  private final int groups;
  private final double eps;

  GroupNorm(Parameters parameters, String name, int channels, int groups, double eps) {
    this.weight = parameters.addConstant(name + ".weight", 1, channels);
    this.bias = parameters.addConstant(name + ".bias", 0, channels);
    this.groups = groups;
    this.eps = eps;
  }

  /** (B, C, …) -> (B, C, …) */
  Tensor forward(Tensor x, LayerTape tape) {
    Tensor y =
        torch.group_norm(
            x,
            groups,
            new TensorOptional(weight.tensor()),
            new TensorOptional(bias.tensor()),
            eps,
            false);
    tape.record(this, x, y);
    return y;
  }

  /** The normalised input before scale and shift: (B, C, …) -> (B, C, …) */
  public Tensor normalized(Tensor x) {
    return torch.group_norm(x, groups, new TensorOptional(), new TensorOptional(), eps, false);
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
