package io.journey.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The gradients G of one weight, one for each of N examples, as a layer knows them: formed only
 * where somebody asks for the numbers themselves. A weight of the shape [O, …] has G ∈ R^{O×I}, I
 * the product of its other sides; one of a single dimension has I = 1. All tensors live in the
 * caller's scope and have the number type of the layer.
 */
public interface LayerGradient {
  /** Returns N. */
  long examples();

  /** Returns the gradients, [N, O·I]. */
  Tensor formed();

  /**
   * Returns L·G·Rᵀ of every gradient, by the cheaper way: from the formed gradients, or, as G is a
   * sum of outer products δ·aᵀ, as the same sum of (L·δ)·(R·a)ᵀ.
   *
   * @param left L, [l, O] float32; null: the identity
   * @param right R, [r, I] float32; null: the identity
   * @return [N, l·r], in float32 where the layer's numbers have fewer bits
   */
  Tensor between(Tensor left, Tensor right);

  /**
   * Adds the second moments of the two sides of the gradients of all N examples. Where G is a sum
   * of outer products of output gradients δ and inputs a, these are Σ δ·δᵀ and Σ a·aᵀ (Martens and
   * Grosse 2015, section 3); where only G is known, G·Gᵀ and Gᵀ·G.
   *
   * @param outputs added to, [O, O] float32; null: not wanted
   * @param inputs added to, [I, I] float32; null: not wanted
   * @param positions inputs and outputs of a row taken at most, evenly spaced: neighbours in an
   *     image say much the same
   */
  void addSides(Tensor outputs, Tensor inputs, int positions);

  /**
   * Returns whether L·G·Rᵀ costs less as a sum of (L·δ)·(R·a)ᵀ than from G. Numbers of fewer bits
   * than L's are widened once, as G.
   *
   * @param type of the layer's numbers
   * @param products how many outer products an example's gradient is the sum of
   */
  static boolean isNarrow(
      ScalarType type, long products, long o, long i, Tensor left, Tensor right) {
    if (type == ScalarType.BFloat16) {
      return false;
    }
    double l = left == null ? o : left.size(0);
    double r = right == null ? i : right.size(0);
    double narrow = products * (l * r + (left == null ? 0 : l * o) + (right == null ? 0 : r * i));
    double whole =
        (double) products * o * i
            + (left == null ? 0 : l * o * i)
            + (right == null ? 0 : l * i * r);
    return narrow < whole;
  }
}
