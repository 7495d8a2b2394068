package io.journey.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Self-attention over the positions of an image, with a residual, in the layout of diffusers'
 * {@code Attention}. Symbols: S = H·W positions, N heads of D channels.
 */
final class Attention {
  private final GroupNorm groupNorm;
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;
  private final int heads;
  private final double rescaleOutputFactor;

  /** Attention as in the blocks on the way down and up. */
  Attention(Parameters parameters, String name, int channels, UNet2DConfig config) {
    this(parameters, name, channels, config, config.normNumGroups(), 1);
  }

  /**
   * @param normNumGroups groups of the norm, or null for no norm
   */
  Attention(
      Parameters parameters,
      String name,
      int channels,
      UNet2DConfig config,
      Integer normNumGroups,
      double rescaleOutputFactor) {
    int headDim = config.attentionHeadDim() == null ? channels : config.attentionHeadDim();
    heads = channels / headDim;
    int inner = heads * headDim;
    this.rescaleOutputFactor = rescaleOutputFactor;
    groupNorm =
        normNumGroups == null
            ? null
            : new GroupNorm(
                parameters, name + ".group_norm", channels, normNumGroups, config.normEps());
    toQ = new Linear(parameters, name + ".to_q", channels, inner);
    toK = new Linear(parameters, name + ".to_k", channels, inner);
    toV = new Linear(parameters, name + ".to_v", channels, inner);
    toOut = new Linear(parameters, name + ".to_out.0", inner, channels);
  }

  /** (B, C, H, W) -> (B, C, H, W) */
  Tensor forward(Tensor x, LayerTape tape) {
    long height = x.size(2);
    long width = x.size(3);
    Tensor normed = groupNorm == null ? x : groupNorm.forward(x, tape);
    Tensor tokens = normed.flatten(2, 3).transpose(1, 2).contiguous(); // (B, S, C)
    Tensor q = split(toQ.forward(tokens, tape)); // (B, N, S, D)
    Tensor k = split(toK.forward(tokens, tape));
    Tensor v = split(toV.forward(tokens, tape));
    Tensor mixed = torch.scaled_dot_product_attention(q, k, v); // (B, N, S, D)
    Tensor merged = mixed.transpose(1, 2).flatten(2, 3).contiguous(); // (B, S, N·D)
    Tensor out = toOut.forward(merged, tape); // (B, S, C)
    out = out.transpose(1, 2).reshape(x.size(0), x.size(1), height, width).add(x);
    return rescaleOutputFactor == 1 ? out : out.div(new Scalar(rescaleOutputFactor));
  }

  /** (B, S, N·D) -> (B, N, S, D) */
  private Tensor split(Tensor x) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }
}
