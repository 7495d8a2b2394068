package io.journey.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Gradients of which nothing but the numbers is known.
 *
 * @param formed the gradients, [N, O·I·T]
 * @param outputs O
 * @param inputs I
 */
public record FormedGradient(Tensor formed, long outputs, long inputs) implements LayerGradient {
  /**
   * Gradients in the shape of a weight.
   *
   * @param gradients N of them, whatever their shape
   */
  public static FormedGradient of(Parameter weight, Tensor gradients) {
    int[] lengths = SideMatrices.lengths(weight);
    return new FormedGradient(gradients.reshape(-1, weight.numel()), lengths[0], lengths[1]);
  }

  @Override
  public long examples() {
    return formed.size(0);
  }

  @Override
  public Tensor between(Tensor left, Tensor right) {
    return turned(wide().view(examples(), outputs, -1), left, right);
  }

  private static Tensor turned(Tensor matrices, Tensor left, Tensor right) {
    Tensor product = matrices; // (N, O, I)
    if (left != null) {
      product = left.to(product.scalar_type()).matmul(product);
    }
    if (right != null) {
      product = product.matmul(right.to(product.scalar_type()).t());
    }
    return product.reshape(product.size(0), -1);
  }

  @Override
  public Tensor turned(SideMatrices matrices) {
    Tensor all = wide();
    long taps = all.size(1) / outputs / inputs;
    if (taps == 1) {
      return turned(all.view(examples(), outputs, -1), matrices.outputs(), matrices.inputs());
    }
    if (matrices.taps() != null) {
      all = all.view(-1, taps).matmul(matrices.taps().to(all.scalar_type()).t());
    }
    if (matrices.inputs() != null) { // One product of all taps, whose numbers come together.
      Tensor rows = all.view(-1, inputs, taps).transpose(1, 2).reshape(-1, inputs);
      rows = rows.matmul(matrices.inputs().to(all.scalar_type()).t());
      all = rows.view(-1, taps, inputs).transpose(1, 2);
    }
    return turned(all.reshape(examples(), outputs, -1), matrices.outputs(), null);
  }

  @Override
  public void addSides(SideMatrices sums, int positions) {
    Tensor all = formed.to(ScalarType.Float);
    if (sums.outputs() != null) {
      Tensor rows = all.view(examples(), outputs, -1).transpose(0, 1).reshape(outputs, -1);
      sums.outputs().addmm_(rows, rows.t());
    }
    addInputs(sums, all.view(examples() * outputs, inputs, -1));
  }

  /**
   * Adds the second moments of inputs.
   *
   * @param seen a, [n, I, T] float32
   */
  static void addInputs(SideMatrices sums, Tensor seen) {
    if (sums.inputs() != null) {
      OuterProducts.add(sums.inputs(), seen.transpose(1, 2).reshape(-1, seen.size(1)));
    }
    if (sums.taps() != null) {
      OuterProducts.add(sums.taps(), seen.reshape(-1, seen.size(2)));
    }
  }

  /** In float32, where numbers have fewer bits. */
  private Tensor wide() {
    boolean few = formed.scalar_type().intern() == ScalarType.BFloat16;
    Tensor numbers = few ? formed.to(ScalarType.Float) : formed;
    return numbers.reshape(examples(), -1);
  }
}
