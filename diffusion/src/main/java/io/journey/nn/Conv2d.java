package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Two-dimensional convolution, one group, with or without bias. */
public final class Conv2d implements Adaptable {
  private final Parameter weight; // (O, I, K, K)
  private final Parameter bias; // (O), or null
  private final int kernel;
  private final int stride;
  private final int padding;
  private LowRankPair<Conv2d> pair; // or null

  /** A convolution with bias. */
  public Conv2d(
      Parameters parameters, String name, int in, int out, int kernel, int stride, int padding) {
    this(parameters, name, in, out, kernel, stride, padding, true);
  }

  /**
   * Announces the weights.
   *
   * @param kernel K, the side of the kernel
   * @param stride the step between outputs
   * @param padding zeros added on each side
   */
  public Conv2d(
      Parameters parameters,
      String name,
      int in,
      int out,
      int kernel,
      int stride,
      int padding,
      boolean bias) {
    int fanIn = in * kernel * kernel;
    this.weight = parameters.add(name + ".weight", fanIn, out, in, kernel, kernel);
    this.bias = bias ? parameters.add(name + ".bias", fanIn, out) : null;
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
  }

  /** (B, I, H, W) -> (B, O, H', W') */
  public Tensor forward(Tensor x, Tape tape) {
    Tensor y =
        torch.conv2d(
            x,
            weight.tensor(),
            bias == null ? new TensorOptional() : new TensorOptional(bias.tensor()),
            new long[] {stride, stride},
            new long[] {padding, padding},
            new long[] {1, 1},
            1);
    tape.record(this, x, y);
    return pair == null ? y : pair.add(y, pair.down().forward(x, tape), Conv2d::forward, tape);
  }

  @Override
  public Parameter weight() {
    return weight;
  }

  @Override
  public Parameter bias() {
    return bias;
  }

  @Override
  public ExampleGradientRule rule() {
    return new Conv2dRule(this);
  }

  @Override
  public void adapt(Parameters parameters, int rank, double scale) {
    int out = (int) weight.shape()[0];
    int in = (int) weight.shape()[1];
    pair =
        new LowRankPair<>(
            new Conv2d(parameters, name() + DOWN, in, rank, kernel, stride, padding, false),
            new Conv2d(parameters, name() + UP, rank, out, 1, 1, 0, false),
            scale);
  }

  @Override
  public LowRankPair<Conv2d> pair() {
    return pair;
  }

  @Override
  public List<Module> children() {
    return pair == null ? List.of() : pair.layers();
  }

  /** K, the side of the kernel. */
  public int kernel() {
    return kernel;
  }

  /** Returns the step between outputs. */
  public int stride() {
    return stride;
  }

  /** Zeros added on each side. */
  public int padding() {
    return padding;
  }
}
