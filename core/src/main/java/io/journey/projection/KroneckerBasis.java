package io.journey.projection;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import io.journey.nn.Parameter;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An orthogonal basis for the gradients G ∈ R^{O×I} of one weight, the product of a basis of each
 * side: the coordinates of G are L·G·Rᵀ, where the rows of L ∈ R^{O×O} and R ∈ R^{I×I} are
 * eigenvectors. I of a convolution are its I·K·K inputs. Sides longer than {@link #LONGEST} or of
 * length 1 keep the coordinates they have.
 */
final class KroneckerBasis implements AutoCloseable {
  /** The longest side that gets a basis: one of 4096 takes 64 MiB. */
  static final int LONGEST = 4096;

  private static final byte VECTORS_TOO = 'V';
  private static final byte LOWER = 'L';

  private final int outputs;
  private final int inputs;
  private final Tensor left;
  private final Tensor right;

  /**
   * @param left L [O, O] float32, or null for the identity; closed with this
   * @param right R [I, I] float32, or null for the identity; closed with this
   */
  KroneckerBasis(Parameter weight, Tensor left, Tensor right) {
    this.outputs = outputs(weight);
    this.inputs = weight.numel() / outputs;
    this.left = left;
    this.right = right;
  }

  /** Whether a weight has two sides; biases and the weights of norms have not. */
  static boolean isMatrix(Parameter weight) {
    return weight.shape().length > 1;
  }

  /** O. */
  static int outputs(Parameter weight) {
    long[] shape = weight.shape();
    return shape.length == 0 ? 1 : Math.toIntExact(shape[0]);
  }

  /** The length of a side, or 0 where it keeps its coordinates. */
  static int turned(Parameter weight, boolean left) {
    int outputs = outputs(weight);
    int side = left ? outputs : weight.numel() / outputs;
    return isMatrix(weight) && side > 1 && side <= LONGEST ? side : 0;
  }

  Tensor left() {
    return left;
  }

  Tensor right() {
    return right;
  }

  /**
   * The coordinates of gradients; each by itself, so that a gradient's do not depend on others.
   *
   * @param gradients [N, O·I] float32
   * @return [N, O·I] float32 in the caller's scope, which is not {@code gradients}
   */
  Tensor coordinates(Tensor gradients) {
    long count = gradients.size(0);
    Tensor found = Libtorch.empty(ScalarType.Float, count, gradients.size(1));
    for (long n = 0; n < count; n++) {
      try (PointerScope scope = new PointerScope()) {
        Tensor one = gradients.select(0, n).reshape(outputs, inputs);
        if (left != null) {
          one = left.mm(one);
        }
        if (right != null) {
          one = one.mm(right.t());
        }
        found.select(0, n).copy_(one.reshape(-1));
      }
    }
    return found;
  }

  /**
   * The eigenvectors of a symmetric matrix, one a row, eigenvalues rising.
   *
   * @param matrix [n, n] float64, of which one triangle counts; overwritten
   * @param of for messages
   * @return [n, n] float32; its owner closes it
   */
  static Tensor eigenvectors(Tensor matrix, String of) {
    int n = Math.toIntExact(matrix.size(0));
    try (PointerScope scope = new PointerScope();
        DoublePointer numbers = matrix.data_ptr_double();
        DoublePointer eigenvalues = new DoublePointer(n)) {
      // What is a column column by column is a row row by row.
      int failed = LAPACKE_dsyevd(LAPACK_COL_MAJOR, VECTORS_TOO, LOWER, n, numbers, n, eigenvalues);
      if (failed != 0) {
        throw new JourneyException(
            "The curvature of "
                + of
                + " has no eigenvectors that could be found: featurize without curvature.");
      }
      return Libtorch.keep(matrix.to(ScalarType.Float));
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
