package io.journey.projection;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Count-sketch (Charikar, Chen, Farach-Colton 2002; as feature hashing, Weinberger et al. 2009):
 * each coordinate has one place among k and a random sign, both hashes of its weight's name and its
 * number in the weight. Inner products are unbiased, with variance at most (‖x‖²‖y‖² + ⟨x,y⟩² − 2 Σ
 * x_i² y_i²) / k. Costs O(p), and memory for k numbers at most.
 *
 * <p>Places are not drawn one by one: k coordinates of a weight in a row take all k places, in
 * order, from a random one on. Two coordinates of different such runs then meet with probability
 * 1/k as before, those of one run never do, and a run is added as one vector.
 */
public final class SparseProjection implements Projection {
  private final int dim;
  private final Seed seed;

  SparseProjection(int dim, Seed seed) {
    this.dim = dim;
    this.seed = seed;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void add(Parameter weight, LayerGradient gradient, Tensor sums) {
    add(weight.name(), gradient.formed(), sums);
  }

  /**
   * Adds the share of numbers under a name.
   *
   * @param numbers of N images, [N, n]
   * @param sums added to, float32 [N, k]
   */
  void add(String name, Tensor numbers, Tensor sums) {
    Seed own = seed.child(name);
    RandomStream places = own.child("shifts").stream();
    RandomStream signs = own.child("signs").stream();
    Tensor exact = numbers.to(ScalarType.Float);
    long length = exact.size(1);
    for (long from = 0; from < length; from += dim) {
      int place = places.nextInt(dim);
      int count = (int) Math.min(dim, length - from);
      Tensor factors = Libtorch.of(signs(signs, from, count), ScalarType.Float, count);
      // To the last place, then from the first one on.
      int first = Math.min(count, dim - place);
      addRun(exact, from, factors, 0, first, sums, place);
      if (first < count) {
        addRun(exact, from, factors, first, count - first, sums, 0);
      }
    }
  }

  private static void addRun(
      Tensor numbers, long from, Tensor factors, int skip, int count, Tensor sums, int place) {
    sums.narrow(1, place, count)
        .addcmul_(numbers.narrow(1, from + skip, count), factors.narrow(0, skip, count));
  }

  /** 1 or −1 for each coordinate: a bit of one hash for each 64 of them. */
  private static float[] signs(RandomStream stream, long from, int count) {
    float[] signs = new float[count];
    long bits = 0;
    for (int i = 0; i < count; i++) {
      int bit = (int) ((from + i) & 63);
      if (i == 0 || bit == 0) {
        bits = stream.bits((from + i) >>> 6);
      }
      signs[i] = (bits >>> bit & 1) == 0 ? 1 : -1;
    }
    return signs;
  }
}
