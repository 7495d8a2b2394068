package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention of the positions of an image to each other, with a norm before and a residual, in the
 * layout of the {@code Attention} of diffusers' {@code AttnDownBlock2D}. S = H·W positions.
 */
public final class SpatialAttention implements ImageAttention {
  private final String name;
  private final GroupNorm groupNorm;
  private final Attention attention;
  private final double rescaleOutputFactor;

  /**
   * Announces the weights of the norm, then those of the attention.
   *
   * @param headDim channels of a head; there are as many heads as fit
   * @param groups of the norm, or null for no norm
   * @param eps ε of the norm
   * @param rescaleOutputFactor the sum of input and output is divided by it
   */
  public SpatialAttention(
      Parameters parameters,
      String name,
      int channels,
      int headDim,
      Integer groups,
      double eps,
      double rescaleOutputFactor) {
    this.name = name;
    this.rescaleOutputFactor = rescaleOutputFactor;
    groupNorm =
        groups == null
            ? null
            : new GroupNorm(parameters, name + ".group_norm", channels, groups, eps);
    attention =
        new Attention(
            parameters,
            name,
            Attention.Names.DIFFUSERS,
            channels,
            channels,
            channels / headDim,
            headDim,
            true);
  }

  /** (B, C, H, W) -> (B, C, H, W), whatever the context. */
  @Override
  public Tensor forward(Tensor x, Context context, Tape tape) {
    Tensor normed = groupNorm == null ? x : groupNorm.forward(x, tape);
    Tensor tokens = normed.flatten(2, 3).transpose(1, 2).contiguous(); // (B, S, C)
    Tensor out = attention.forward(tokens, tape); // (B, S, C)
    out = out.transpose(1, 2).reshape(x.shape()).add(x);
    return rescaleOutputFactor == 1 ? out : out.div(new Scalar(rescaleOutputFactor));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return groupNorm == null ? List.of(attention) : List.of(groupNorm, attention);
  }
}
