package io.journey.projection;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Count-sketch (Charikar, Chen, Farach-Colton 2002; as feature hashing, Weinberger et al. 2009):
 * each coordinate has one place among k and a random sign. Inner products are unbiased, with
 * variance at most (‖x‖²‖y‖² + ⟨x,y⟩² − 2 Σ x_i² y_i²) / k. Costs O(p).
 *
 * <p>Places are not drawn one by one: k coordinates in a row take all k places, in order, from a
 * random one on. Two coordinates of different such runs then meet with probability 1/k as before,
 * those of one run never do, and a run is added as one vector.
 */
public final class SparseProjection implements Projection {
  private final int dim;

  /** The place of the first coordinate of each run. */
  private final int[] shifts;

  /** 1 or −1 for each coordinate. */
  private final float[] signs;

  SparseProjection(int p, int dim, Seed seed) {
    this.dim = dim;
    this.shifts = new int[(int) (((long) p + dim - 1) / dim)];
    this.signs = new float[p];
    RandomStream places = seed.child("shifts").stream();
    for (int run = 0; run < shifts.length; run++) {
      shifts[run] = places.nextInt(dim);
    }
    RandomStream stream = seed.child("signs").stream();
    for (int i = 0; i < p; i++) {
      signs[i] = stream.bits(i) < 0 ? -1 : 1;
    }
  }

  @Override
  public int dim() {
    return dim;
  }

  /** Where coordinate i goes. */
  private int place(int i) {
    return (int) (((long) shifts[i / dim] + i % dim) % dim);
  }

  @Override
  public void add(int offset, Tensor parts, Tensor sums) {
    int length = Math.toIntExact(parts.size(1));
    float[] own = Arrays.copyOfRange(signs, offset, offset + length);
    Tensor factors = Libtorch.of(own, ScalarType.Float, length);
    for (int i = 0; i < length; ) {
      int coordinate = offset + i;
      int place = place(coordinate);
      // To the end of the part, of the run, or of the places, whichever comes first.
      int count = Math.min(length - i, Math.min(dim - coordinate % dim, dim - place));
      sums.narrow(1, place, count).addcmul_(parts.narrow(1, i, count), factors.narrow(0, i, count));
      i += count;
    }
  }
}
