package io.journey.gradient;

import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Two matrices between which the gradient G ∈ R^{O×I} of a weight is wanted: L·G·Rᵀ. As G is a sum
 * of δ·aᵀ, that is the same sum of (L·δ)·(R·a)ᵀ: a layer's G need never be formed.
 *
 * @param rows l of L ∈ R^{l×O}
 * @param left L, row by row; null: the identity
 * @param columns r of R ∈ R^{r×I}; the I of a convolution are its I·K·K
 * @param right R, row by row; null: the identity
 */
public record Factors(int rows, float[] left, int columns, float[] right) {

  /** L as [l, O], or null; lives in the caller's scope. */
  Tensor left(ScalarType type) {
    return left == null ? null : Libtorch.of(left, type, rows, left.length / rows);
  }

  /** R as [r, I], or null; lives in the caller's scope. */
  Tensor right(ScalarType type) {
    return right == null ? null : Libtorch.of(right, type, columns, right.length / columns);
  }

  /** L·G·Rᵀ of one gradient in the weight's shape, [l, r]. */
  public Tensor of(Tensor gradient) {
    Tensor product = gradient.flatten(1, -1);
    ScalarType type = gradient.scalar_type().intern();
    if (left != null) {
      product = left(type).mm(product);
    }
    if (right != null) {
      product = product.mm(right(type).t());
    }
    return product;
  }
}
