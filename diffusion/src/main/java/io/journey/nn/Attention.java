package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention of tokens to themselves or to those of a context, in the layout of diffusers' {@code
 * Attention}. Symbols: S tokens of C channels, S' and C' of the context, N heads of D channels.
 */
public final class Attention implements Module {
  /**
   * The names of the four linear layers.
   *
   * @param query of the tokens
   * @param key of the context
   * @param value of the context
   * @param out of the mixed values
   */
  public record Names(String query, String key, String value, String out) {
    /** As diffusers calls them. */
    public static final Names DIFFUSERS = new Names("to_q", "to_k", "to_v", "to_out.0");

    /** As transformers' CLIP calls them. */
    public static final Names CLIP = new Names("q_proj", "k_proj", "v_proj", "out_proj");
  }

  private final String name;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear out;
  private final int heads;

  /**
   * Announces the weights of query, key, value and output.
   *
   * @param names of the layers
   * @param queryDim C
   * @param crossAttentionDim C' of the context; C for attention to the tokens themselves
   * @param heads N
   * @param headDim D
   * @param bias whether query, key and value have one; the output always has
   */
  public Attention(
      Parameters parameters,
      String name,
      Names names,
      int queryDim,
      int crossAttentionDim,
      int heads,
      int headDim,
      boolean bias) {
    this.name = name;
    this.heads = heads;
    int inner = heads * headDim;
    String start = name + ".";
    query = new Linear(parameters, start + names.query(), queryDim, inner, bias);
    key = new Linear(parameters, start + names.key(), crossAttentionDim, inner, bias);
    value = new Linear(parameters, start + names.value(), crossAttentionDim, inner, bias);
    out = new Linear(parameters, start + names.out(), inner, queryDim);
  }

  /** Attends to the tokens themselves: (B, S, C) -> (B, S, C) */
  public Tensor forward(Tensor tokens, Tape tape) {
    return forward(tokens, tokens, tape);
  }

  /** Attends to a context of each row: (B, S, C) and (B, S', C') -> (B, S, C) */
  public Tensor forward(Tensor tokens, Tensor context, Tape tape) {
    return forward(tokens, context, false, tape);
  }

  /** Attends from each token to itself and to those before it: (B, S, C) -> (B, S, C) */
  public Tensor forwardCausal(Tensor tokens, Tape tape) {
    return forward(tokens, tokens, true, tape);
  }

  private Tensor forward(Tensor tokens, Tensor context, boolean causal, Tape tape) {
    Tensor q = query.forward(tokens, tape); // (B, S, N·D)
    return mix(q, key.forward(context, tape), value.forward(context, tape), causal, tape);
  }

  /**
   * Attends to a context whose entries rows share: (B, S, C) and (U, S', C') -> (B, S, C). Keys and
   * values are computed once for each entry.
   */
  public Tensor forward(Tensor tokens, Context context, Tape tape) {
    Tensor q = query.forward(tokens, tape); // (B, S, N·D)
    Tensor k = key.forward(context.states(), tape); // (U, S', N·D)
    Tensor v = value.forward(context.states(), tape);
    return mix(q, context.spread(k), context.spread(v), false, tape);
  }

  /** (B, S, N·D), keys and values (B, S', N·D) -> (B, S, C) */
  private Tensor mix(Tensor queries, Tensor keys, Tensor values, boolean causal, Tape tape) {
    Tensor q = split(queries); // (B, N, S, D)
    Tensor k = split(keys); // (B, N, S', D)
    Tensor v = split(values);
    Tensor mixed = // (B, N, S, D)
        torch.scaled_dot_product_attention(
            q, k, v, new TensorOptional(), 0, causal, new DoubleOptional(), false);
    Tensor merged = mixed.transpose(1, 2).flatten(2, 3).contiguous(); // (B, S, N·D)
    return out.forward(merged, tape);
  }

  /** (B, S, N·D) -> (B, N, S, D) */
  private Tensor split(Tensor x) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return List.of(query, key, value, out);
  }
}
