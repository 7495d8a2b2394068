package io.journey.nn;

import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.BoolPointer;
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
    // Wider than x where convolutions alone compute in fewer bits.
    Tensor in = x.to(weight.tensor().scalar_type()).contiguous();
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

  /**
   * (R·N, C, …) to (R, N·C, L). Without height and width: images of one position pass for images
   * whose channels come last, which libtorch reads elsewhere, beyond their end.
   */
  private static Tensor byDraw(Tensor x, long draws, long channels) {
    return x.contiguous().view(draws, channels, -1);
  }

  /** As the gradients of a norm of N·G groups: those of the examples stand side by side. */
  @Override
  public ExampleGradientRule rule() {
    return (use, delta, sink) -> {
      if (!sink.wants(weight) && !sink.wants(bias)) {
        return;
      }
      long channels = delta.size(0) / use.draws() * delta.size(1);
      // Of the scale its gradient needs the shape alone.
      Tensor scale = Libtorch.empty(delta.scalar_type().intern(), channels);
      try (BoolPointer wanted = new BoolPointer(3)) {
        T_TensorTensorTensor_T gradients =
            torch.native_group_norm_backward(
                byDraw(delta, use.draws(), channels),
                byDraw(use.input(), use.draws(), channels),
                use.saved()[0].view(use.draws(), -1),
                use.saved()[1].view(use.draws(), -1),
                new TensorOptional(scale),
                use.draws(),
                channels,
                delta.numel() / (use.draws() * channels),
                delta.size(0) / use.draws() * groups,
                wanted.put(0, false).put(1, true).put(2, true));
        if (sink.wants(weight)) {
          sink.accept(weight, FormedGradient.of(weight, gradients.get1())); // (N·C)
        }
        if (sink.wants(bias)) {
          sink.accept(bias, FormedGradient.of(bias, gradients.get2())); // (N·C)
        }
      }
    };
  }
}
