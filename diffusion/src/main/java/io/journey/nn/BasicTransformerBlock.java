package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention of tokens to themselves, attention to a context, and GEGLU, each after a layer norm and
 * with a residual (Rombach et al. 2022, section 3.3), in the layout of diffusers' {@code
 * BasicTransformerBlock}.
 */
public final class BasicTransformerBlock implements Module {
  /** ε of the norms, whatever that of the model's group norms is. */
  private static final double EPS = 1e-5;

  /** The width inside GEGLU is so many times that of the tokens. */
  private static final int WIDENING = 4;

  private final String name;
  private final LayerNorm norm1;
  private final Attention attn1;
  private final LayerNorm norm2;
  private final Attention attn2;
  private final LayerNorm norm3;
  private final FeedForward ff;

  /**
   * Announces the weights in the order of computation.
   *
   * @param channels C
   * @param heads N, a divisor of C
   * @param crossAttentionDim C' of the context
   */
  public BasicTransformerBlock(
      Parameters parameters, String name, int channels, int heads, int crossAttentionDim) {
    this.name = name;
    norm1 = new LayerNorm(parameters, name + ".norm1", channels, EPS);
    attn1 = attention(parameters, name + ".attn1", channels, heads, channels);
    norm2 = new LayerNorm(parameters, name + ".norm2", channels, EPS);
    attn2 = attention(parameters, name + ".attn2", channels, heads, crossAttentionDim);
    norm3 = new LayerNorm(parameters, name + ".norm3", channels, EPS);
    ff = FeedForward.geglu(parameters, name + ".ff", channels, WIDENING * channels);
  }

  private static Attention attention(
      Parameters parameters, String name, int channels, int heads, int contextDim) {
    return new Attention(
        parameters,
        name,
        Attention.Names.DIFFUSERS,
        channels,
        contextDim,
        heads,
        channels / heads,
        false);
  }

  /**
   * Returns how many numbers the output of the widest layer has for a token: the first of GEGLU's,
   * which makes values and gates.
   */
  public static int widestOutput(int channels) {
    return 2 * WIDENING * channels;
  }

  /** (B, S, C) -> (B, S, C) */
  public Tensor forward(Tensor tokens, Context context, Tape tape) {
    Tensor h = attn1.forward(norm1.forward(tokens, tape), tape).add(tokens);
    h = attn2.forward(norm2.forward(h, tape), context, tape).add(h);
    return ff.forward(norm3.forward(h, tape), tape).add(h);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return List.of(norm1, attn1, norm2, attn2, norm3, ff);
  }
}
