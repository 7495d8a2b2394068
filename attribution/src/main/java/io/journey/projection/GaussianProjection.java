package io.journey.projection;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;

/**
 * The paper's dense projection: P ∈ R^{p×k} of independent N(0, 1). Entry j of the row of a
 * weight's number i is number i·k + j of the stream of the weight's name: rows are made anew each
 * time, one at a time, never held whole. E⟨Pᵀx, Pᵀy⟩ = k·⟨x, y⟩. Costs O(p·k) for each gradient.
 */
public final class GaussianProjection implements Projection {
  private final int dim;
  private final Seed seed;

  GaussianProjection(int dim, Seed seed) {
    this.dim = dim;
    this.seed = seed;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void add(Parameter weight, LayerGradient gradient, Tensor sums) {
    RandomStream stream = seed.child(weight.name()).stream();
    Tensor formed = gradient.formed();
    int length = Math.toIntExact(formed.size(1));
    float[] numbers = Libtorch.floats(formed);
    double[] row = new double[dim];
    double[][] shares = new double[numbers.length / length][dim];
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < dim; j++) {
        row[j] = stream.gaussian((long) i * dim + j);
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
