package io.journey.nn;

import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Group normalisation with a scale and a shift for each channel (Wu and He 2018). */
public final class GroupNorm implements TrackedLayer {
  private final Parameter weight; // (C)
  private final Parameter bias; // (C)
  private final int groups;
  private final double eps;

  /** Announces the scale, 1, and the shift, 0. */
  public GroupNorm(Parameters parameters, String name, int channels, int groups, double eps) {
    this.weight = parameters.addConstant(name + ".weight", 1, channels);
    this.bias = parameters.addConstant(name + ".bias", 0, channels);
    this.groups = groups;
    this.eps = eps;
  }

  /** (B, C, …) -> (B, C, …) */
  public Tensor forward(Tensor x, Tape tape) {
    Tensor in = x.contiguous();
    long rows = in.size(0);
    long channels = in.size(1);
    T_TensorTensorTensor_T result = // output, and mean and 1/deviation of each group (B, G)
        torch.native_group_norm(
            in,
            new TensorOptional(weight.tensor()),
            new TensorOptional(bias.tensor()),
            rows,
            channels,
            in.numel() / (rows * channels),
            groups,
            eps);
    // Copies of references: those of the tuple end with it.
    Tensor y = new Tensor(result.get0());
    tape.record(this, in, y, result.get1(), result.get2());
    return y;
  }

  /** G, the groups of channels. */
  public int groups() {
    return groups;
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
