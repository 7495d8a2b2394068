package io.journey.nn;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A nonlinear function of each number, with the names of diffusers' {@code act_fn} in any case. */
@JsonFormat(with = JsonFormat.Feature.ACCEPT_CASE_INSENSITIVE_VALUES)
public enum Activation {
  /** x·Φ(x), with the Gaussian distribution itself, not its approximation. */
  @JsonProperty("gelu")
  GELU,
  /** x·tanh(ln(1 + eˣ)). */
  @JsonProperty("mish")
  MISH,
  /** max(x, 0). */
  @JsonProperty("relu")
  RELU,
  /** x·σ(x), also called swish. */
  @JsonProperty("silu")
  @JsonAlias("swish")
  SILU,
  /** x·σ(1.702·x), as OpenAI's CLIP approximates GELU; no {@code act_fn} of diffusers. */
  QUICK_GELU;

  private static final double QUICK = 1.702;

  /** Any shape -> the same shape. */
  public Tensor apply(Tensor x) {
    return switch (this) {
      case SILU -> torch.silu(x);
      case MISH -> torch.mish(x);
      case GELU -> torch.gelu(x);
      case RELU -> torch.relu(x);
      case QUICK_GELU -> x.mul(x.mul(new Scalar(QUICK)).sigmoid());
    };
  }
}
