package io.journey.nn;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Gradients that are sums of outer products, Σ_s δ_s·a_sᵀ over the draws and tokens s of an
 * example.
 *
 * @param outputs δ, [N, S, O]
 * @param inputs a, [N, S, I]
 * @param tokens how many tokens a draw has: S is a multiple of it
 */
public record OuterProducts(Tensor outputs, Tensor inputs, long tokens) implements LayerGradient {
  @Override
  public long examples() {
    return outputs.size(0);
  }

  @Override
  public Tensor formed() {
    return product(outputs, inputs);
  }

  @Override
  public Tensor between(Tensor left, Tensor right) {
    long o = outputs.size(2);
    long i = inputs.size(2);
    ScalarType type = outputs.scalar_type().intern();
    if (LayerGradient.isNarrow(type, outputs.size(1), o, i, left, right)) {
      return product(
          left == null ? outputs : torch.linear(outputs, left.to(type)),
          right == null ? inputs : torch.linear(inputs, right.to(type)));
    }
    return new FormedGradient(formed(), o).between(left, right);
  }

  private static Tensor product(Tensor x, Tensor y) {
    return torch.bmm(x.transpose(1, 2), y).reshape(x.size(0), -1);
  }

  @Override
  public void addSides(Tensor outputSide, Tensor inputSide, int positions) {
    if (outputSide != null) {
      add(outputSide, some(outputs, positions));
    }
    if (inputSide != null) {
      add(inputSide, some(inputs, positions));
    }
  }

  /** Evenly spaced tokens of every draw, [N·R·S', width] float32. */
  private Tensor some(Tensor x, int positions) {
    long width = x.size(2);
    Tensor byDraw = x.reshape(-1, tokens, width);
    long step = (tokens + positions - 1) / positions;
    return every(byDraw, 1, step).reshape(-1, width).to(ScalarType.Float);
  }

  /** Returns every step-th part along a dimension, from the first on. */
  static Tensor every(Tensor x, long dim, long step) {
    return x.slice(dim, new LongOptional(), new LongOptional(), step);
  }

  static void add(Tensor side, Tensor rows) {
    side.addmm_(rows.t(), rows);
  }
}
