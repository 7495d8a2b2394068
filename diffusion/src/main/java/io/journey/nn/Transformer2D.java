package io.journey.nn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Transformer blocks over the positions of an image, with a group norm and a projection before,
 * another after, and a residual, in the layout of diffusers' {@code Transformer2DModel} of
 * continuous images. S = H·W positions.
 */
public final class Transformer2D implements ImageAttention {
  /** ε of the group norm. It is not the {@code norm_eps} of the model around it. */
  private static final double EPS = 1e-6;

  /** How channels are projected before the blocks and after them. */
  public enum Projection {
    /** 1×1 convolutions, as in Stable Diffusion 1. */
    CONV,
    /** Linear maps of the positions, as in Stable Diffusion 2: the same, with other weights. */
    LINEAR
  }

  private final String name;
  private final GroupNorm norm;
  private final TrackedLayer projIn;
  private final List<BasicTransformerBlock> blocks = new ArrayList<>();
  private final TrackedLayer projOut;

  /**
   * Announces the weights in the order of computation.
   *
   * @param channels C
   * @param groups of the norm
   * @param heads N, a divisor of C
   * @param crossAttentionDim C' of the context
   * @param layers how many transformer blocks
   */
  public Transformer2D(
      Parameters parameters,
      String name,
      int channels,
      int groups,
      int heads,
      int crossAttentionDim,
      int layers,
      Projection projection) {
    this.name = name;
    norm = new GroupNorm(parameters, name + ".norm", channels, groups, EPS);
    projIn = layer(parameters, name + ".proj_in", channels, projection);
    for (int i = 0; i < layers; i++) {
      blocks.add(
          new BasicTransformerBlock(
              parameters, name + ".transformer_blocks." + i, channels, heads, crossAttentionDim));
    }
    projOut = layer(parameters, name + ".proj_out", channels, projection);
  }

  private static TrackedLayer layer(
      Parameters parameters, String layer, int channels, Projection projection) {
    return switch (projection) {
      case CONV -> new Conv2d(parameters, layer, channels, channels, 1, 1, 0);
      case LINEAR -> new Linear(parameters, layer, channels, channels);
    };
  }

  /** (B, C, H, W) and a context of (U, S', C') -> (B, C, H, W) */
  @Override
  public Tensor forward(Tensor x, Context context, Tape tape) {
    Tensor h = norm.forward(x, tape);
    Tensor tokens = // (B, S, C)
        projIn instanceof Linear linear
            ? linear.forward(tokens(h), tape)
            : tokens(((Conv2d) projIn).forward(h, tape));
    for (BasicTransformerBlock block : blocks) {
      tokens = block.forward(tokens, context, tape);
    }
    h = // (B, C, H, W)
        projOut instanceof Linear linear
            ? image(linear.forward(tokens, tape), x)
            : ((Conv2d) projOut).forward(image(tokens, x), tape);
    return h.add(x);
  }

  /** (B, C, H, W) -> (B, S, C) */
  private static Tensor tokens(Tensor x) {
    return x.flatten(2, 3).transpose(1, 2).contiguous();
  }

  /** (B, S, C) -> (B, C, H, W), shaped like another. */
  private static Tensor image(Tensor tokens, Tensor like) {
    return tokens.transpose(1, 2).reshape(like.shape());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>();
    children.add(norm);
    children.add(projIn);
    children.addAll(blocks);
    children.add(projOut);
    return children;
  }
}
