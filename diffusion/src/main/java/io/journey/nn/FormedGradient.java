package io.journey.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Gradients of which nothing but the numbers is known.
 *
 * @param formed the gradients, [N, O·I]
 * @param outputs O
 */
public record FormedGradient(Tensor formed, long outputs) implements LayerGradient {
  /**
   * Gradients in the shape of a weight.
   *
   * @param gradients N of them, whatever their shape
   */
  public static FormedGradient of(Parameter weight, Tensor gradients) {
    long[] shape = weight.shape();
    return new FormedGradient(
        gradients.reshape(-1, weight.numel()), shape.length == 0 ? 1 : shape[0]);
  }

  @Override
  public long examples() {
    return formed.size(0);
  }

  @Override
  public Tensor between(Tensor left, Tensor right) {
    boolean few = formed.scalar_type().intern() == ScalarType.BFloat16;
    Tensor product = few ? matrices().to(ScalarType.Float) : matrices();
    if (left != null) {
      product = left.to(product.scalar_type()).matmul(product);
    }
    if (right != null) {
      product = product.matmul(right.to(product.scalar_type()).t());
    }
    return product.reshape(formed.size(0), -1);
  }

  @Override
  public void addSides(Tensor outputSide, Tensor inputSide, int positions) {
    Tensor matrices = matrices().to(ScalarType.Float); // (N, O, I)
    if (outputSide != null) {
      Tensor rows = matrices.transpose(0, 1).reshape(outputs, -1); // (O, N·I)
      outputSide.addmm_(rows, rows.t());
    }
    if (inputSide != null) {
      Tensor rows = matrices.reshape(-1, matrices.size(2)); // (N·O, I)
      inputSide.addmm_(rows.t(), rows);
    }
  }

  private Tensor matrices() {
    return formed.reshape(formed.size(0), outputs, -1);
  }
}
