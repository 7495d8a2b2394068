package io.journey.projection;

import io.journey.random.RandomStream;
import io.journey.random.Seed;

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
  public void add(int offset, int length, float[] parts, double[][] sums, int first) {
    for (int from = 0; from < parts.length; from += length) {
      double[] sum = sums[first + from / length];
      for (int i = 0; i < length; i++) {
        int place = plan[offset + i];
        // Flips the sign bit without a branch.
        int bits = Float.floatToRawIntBits(parts[from + i]) ^ (place << 31);
        sum[place >>> 1] += Float.intBitsToFloat(bits);
      }
    }
  }
}
