package io.journey.nn;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A nonlinear function of each number. */
public enum Activation {
  /** x·σ(x), also called swish. */
  SILU,
  /** x·tanh(ln(1 + eˣ)). */
  MISH,
  /** x·Φ(x), with the Gaussian distribution itself, not its approximation. */
  GELU,
  /** max(x, 0). */
  RELU,
  /** x·σ(1.702·x), as OpenAI's CLIP approximates GELU. */
  QUICK_GELU;

  private static final double QUICK = 1.702;

  /** Any shape -> the same shape. */
  public Tensor of(Tensor x) {
    return switch (this) {
      case SILU -> torch.silu(x);
      case MISH -> torch.mish(x);
      case GELU -> torch.gelu(x);
      case RELU -> torch.relu(x);
      case QUICK_GELU -> x.mul(x.mul(new Scalar(QUICK)).sigmoid());
    };
  }
}
