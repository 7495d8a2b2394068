package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * One block of CLIP's transformers (Radford et al. 2021), in the layout of transformers' {@code
 * CLIPEncoderLayer}: attention, then a perceptron, each after a norm and beside a residual.
 *
 * <p>Symbols: B examples, S tokens, E the width of a token.
 */
public final class ClipEncoderLayer implements Module {
  private final String name;
  private final LayerNorm norm1;
  private final Attention attention;
  private final LayerNorm norm2;
  private final FeedForward perceptron;

  /**
   * Announces the weights.
   *
   * @param name such as {@code encoder.layers.0}
   * @param width E
   * @param inner the width between the perceptron's two layers
   * @param heads of attention, each of E / heads channels
   * @param eps of the norms
   */
  public ClipEncoderLayer(
      Parameters parameters,
      String name,
      int width,
      int inner,
      int heads,
      Activation activation,
      double eps) {
    this.name = name;
    norm1 = new LayerNorm(parameters, name + ".layer_norm1", width, eps);
    attention =
        new Attention(
            parameters,
            name + ".self_attn",
            Attention.Names.CLIP,
            width,
            width,
            heads,
            width / heads,
            true);
    norm2 = new LayerNorm(parameters, name + ".layer_norm2", width, eps);
    perceptron = FeedForward.plain(parameters, name + ".mlp", width, inner, activation);
  }

  /** Every token attends to all: (B, S, E) -> (B, S, E) */
  public Tensor forward(Tensor x, Tape tape) {
    return perceive(x.add(attention.forward(norm1.forward(x, tape), tape)), tape);
  }

  /** Every token attends to itself and to those before it: (B, S, E) -> (B, S, E) */
  public Tensor forwardCausal(Tensor x, Tape tape) {
    return perceive(x.add(attention.forwardCausal(norm1.forward(x, tape), tape)), tape);
  }

  private Tensor perceive(Tensor h, Tape tape) {
    return h.add(perceptron.forward(norm2.forward(h, tape), tape));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return List.of(norm1, attention, norm2, perceptron);
  }
}
