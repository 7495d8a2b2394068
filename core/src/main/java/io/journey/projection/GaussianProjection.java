package io.journey.projection;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;

/**
 * The paper's dense projection: P ∈ R^{p×k} of independent N(0, 1). Entry (i, j) is number i·k + j
 * of the seed's stream: made anew for each group of parts, one row at a time, never held whole.
 * E⟨Pᵀx, Pᵀy⟩ = k·⟨x, y⟩. Costs O(p·k) for each gradient.
 */
public final class GaussianProjection implements Projection {
  private final int dim;
  private final RandomStream stream;

  GaussianProjection(int dim, Seed seed) {
    this.dim = dim;
    this.stream = seed.stream();
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void add(int offset, Tensor parts, Tensor sums) {
    int length = Math.toIntExact(parts.size(1));
    float[] numbers = Libtorch.floats(parts);
    double[] row = new double[dim];
    double[][] shares = new double[numbers.length / length][dim];
    for (int i = 0; i < length; i++) {
      long entry = (long) (offset + i) * dim;
      for (int j = 0; j < dim; j++) {
        row[j] = stream.gaussian(entry + j);
      }
      for (int n = 0; n < shares.length; n++) {
        addScaled(shares[n], numbers[n * length + i], row);
      }
    }
    for (int n = 0; n < shares.length; n++) {
      sums.select(0, n).add_(Tensor.create(shares[n]));
    }
  }

  /** sum += factor·row. */
  static void addScaled(double[] sum, double factor, double[] row) {
    for (int j = 0; j < row.length; j++) {
      sum[j] += factor * row[j];
    }
  }
}
