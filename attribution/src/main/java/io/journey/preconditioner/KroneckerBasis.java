package io.journey.preconditioner;

import io.journey.array.DType;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An orthogonal basis for the gradients G ∈ R^{O×I} of one weight, the product of a basis of each
 * side: the coordinates of G are L·G·Rᵀ, where the rows of L ∈ R^{O×O} and R ∈ R^{I×I} are
 * eigenvectors. I of a convolution are its I·K·K inputs. Sides of length 1 keep the coordinates
 * they have. Sides longer than {@link #LONG} are kept in float16, which changes a coordinate by a
 * few thousandths at most.
 */
final class KroneckerBasis implements AutoCloseable {
  /** From here on half the memory counts more than the last digits: 4 MiB of float32. */
  static final int LONG = 1024;

  /** Sides up to this length are decomposed in float64, longer ones in float32. */
  private static final int EXACT = 4096;

  private final Tensor left;
  private final Tensor right;

  /**
   * @param left L [O, O], or null for the identity; closed with this
   * @param right R [I, I], or null for the identity; closed with this
   */
  KroneckerBasis(Tensor left, Tensor right) {
    this.left = left;
    this.right = right;
  }

  /** Whether a weight has two sides; biases and the weights of norms have not. */
  static boolean isMatrix(Parameter weight) {
    return weight.shape().length > 1;
  }

  /** The length of a side: O or I. */
  static int side(Parameter weight, boolean left) {
    int outputs = Math.toIntExact(weight.shape()[0]);
    return left ? outputs : weight.numel() / outputs;
  }

  /** The number type of a basis on disk and in memory. */
  static DType type(int side) {
    return side > LONG ? DType.F16 : DType.F32;
  }

  Tensor left() {
    return left;
  }

  Tensor right() {
    return right;
  }

  /** The coordinates of gradients, [N, O·I] float32 in the caller's scope. */
  Tensor coordinates(LayerGradient gradient) {
    return gradient.between(floats(left), floats(right)).to(ScalarType.Float);
  }

  private static Tensor floats(Tensor basis) {
    return basis == null ? null : basis.to(ScalarType.Float);
  }

  /**
   * The eigenvectors of a symmetric matrix, one a row, eigenvalues rising.
   *
   * @param matrix [n, n] float32, of which one triangle counts; overwritten
   * @param of the weight, for messages
   * @return [n, n] in the {@link #type} of its length; its owner closes it
   */
  static Tensor eigenvectors(Tensor matrix, String of) {
    int n = Math.toIntExact(matrix.size(0));
    try (PointerScope scope = new PointerScope()) {
      Tensor vectors = Libtorch.eigenvectors(matrix, n <= EXACT);
      if (vectors == null) {
        throw new JourneyException(
            "The preconditioner of "
                + of
                + " has no eigenvectors that could be found: featurize without a preconditioner.");
      }
      ScalarType type = type(n) == DType.F16 ? ScalarType.Half : ScalarType.Float;
      return Libtorch.keep(vectors.to(type));
    }
  }

  @Override
  public void close() {
    if (left != null) {
      left.close();
    }
    if (right != null) {
      right.close();
    }
  }
}
