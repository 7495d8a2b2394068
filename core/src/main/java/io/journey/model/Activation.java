package io.journey.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What bends a residual block's numbers, with the names of diffusers' {@code act_fn}. */
public enum Activation {
  /** x·σ(x), also called swish. */
  SILU,
  /** x·tanh(ln(1 + eˣ)). */
  MISH,
  /** x·Φ(x), with the Gaussian distribution itself, not its approximation. */
  GELU,
  /** max(x, 0). */
  RELU;

  /** Any shape -> the same shape. */
  Tensor of(Tensor x) {
    return switch (this) {
      case SILU -> torch.silu(x);
      case MISH -> torch.mish(x);
      case GELU -> torch.gelu(x);
      case RELU -> torch.relu(x);
    };
  }
}
