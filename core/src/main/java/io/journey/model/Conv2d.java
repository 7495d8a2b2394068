package io.journey.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Two-dimensional convolution with bias, one group. */
public final class Conv2d implements Layer {
  private final Parameter weight; // (O, I, K, K)
  private final Parameter bias; // (O)
  private final int kernel;
  private final int stride;
  private final int padding;

  Conv2d(Parameters parameters, String name, int in, int out, int kernel, int stride, int padding) {
    int fanIn = in * kernel * kernel;
    this.weight = parameters.add(name + ".weight", fanIn, out, in, kernel, kernel);
    this.bias = parameters.add(name + ".bias", fanIn, out);
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
  }

  /** (B, I, H, W) -> (B, O, H', W') */
  Tensor forward(Tensor x, LayerTape tape) {
    Tensor y =
        torch.conv2d(
            x,
            weight.tensor(),
            new TensorOptional(bias.tensor()),
            new long[] {stride, stride},
            new long[] {padding, padding},
            new long[] {1, 1},
            1);
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

  @Override
  public ExampleGradientRule rule() {
    return new Conv2dRule(this);
  }

  /** K, the side of the kernel. */
  public int kernel() {
    return kernel;
  }

  /** The step between outputs. */
  public int stride() {
    return stride;
  }

  /** Zeros added on each side. */
  public int padding() {
    return padding;
  }
}
