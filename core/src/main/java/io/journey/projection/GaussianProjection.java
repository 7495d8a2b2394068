package io.journey.projection;

import io.journey.random.RandomStream;
import io.journey.random.Seed;

/**
 * The paper's dense projection: P ∈ R^{p×k} of independent N(0, 1). Entry (i, j) is number i·k + j
 * of the seed's stream: made anew for each group of gradients, one row at a time, never held whole.
 * E⟨Pᵀx, Pᵀy⟩ = k·⟨x, y⟩. Costs O(p·k) for each gradient.
 */
public final class GaussianProjection implements Projection {
  private final int p;
  private final int dim;
  private final RandomStream stream;

  GaussianProjection(int p, int dim, Seed seed) {
    this.p = p;
    this.dim = dim;
    this.stream = seed.stream();
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void project(float[][] gradients, float[][] out) {
    double[][] sums = new double[gradients.length][dim];
    double[] row = new double[dim];
    for (int i = 0; i < p; i++) {
      long first = (long) i * dim;
      for (int j = 0; j < dim; j++) {
        row[j] = stream.gaussian(first + j);
      }
      for (int n = 0; n < gradients.length; n++) {
        addScaled(sums[n], gradients[n][i], row);
      }
    }
    for (int n = 0; n < gradients.length; n++) {
      for (int j = 0; j < dim; j++) {
        out[n][j] = (float) sums[n][j];
      }
    }
  }

  private static void addScaled(double[] sum, double factor, double[] row) {
    for (int j = 0; j < row.length; j++) {
      sum[j] += factor * row[j];
    }
  }
}
