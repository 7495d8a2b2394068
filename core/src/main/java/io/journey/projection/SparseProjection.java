package io.journey.projection;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;

/**
 * Count-sketch (Charikar, Chen, Farach-Colton 2002; as feature hashing, Weinberger et al. 2009):
 * each coordinate has one random place among k and a random sign. Inner products are unbiased, with
 * variance (‖x‖²‖y‖² + ⟨x,y⟩² − 2 Σ x_i² y_i²) / k. Costs O(p).
 */
public final class SparseProjection implements Projection {
  private final int dim;

  /** Place · 2 + (1 if the sign is minus), for each coordinate. */
  private final int[] plan;

  SparseProjection(int p, int dim, Seed seed) {
    if (dim > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException("projection.dim " + dim + " is too large");
    }
    this.dim = dim;
    this.plan = new int[p];
    RandomStream stream = seed.stream();
    for (int i = 0; i < p; i++) {
      long bits = stream.bits(i);
      int place = (int) (((bits >>> 32) * dim) >>> 32);
      plan[i] = place << 1 | (int) (bits & 1);
    }
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void project(float[][] gradients, float[][] out) {
    double[] sums = new double[dim];
    for (int n = 0; n < gradients.length; n++) {
      Arrays.fill(sums, 0);
      float[] gradient = gradients[n];
      for (int i = 0; i < plan.length; i++) {
        int place = plan[i];
        // Flips the sign bit without a branch.
        int bits = Float.floatToRawIntBits(gradient[i]) ^ (place << 31);
        sums[place >>> 1] += Float.intBitsToFloat(bits);
      }
      for (int j = 0; j < dim; j++) {
        out[n][j] = (float) sums[j];
      }
    }
  }
}
