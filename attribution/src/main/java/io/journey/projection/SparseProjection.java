package io.journey.projection;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
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
 *
 * <p>A GPU, which wants few large operations, gathers instead: for every place of every run a table
 * says which coordinate comes there, and its sign. The runs are summed in their order: no two
 * additions race.
 */
public final class SparseProjection implements Projection {
  private final int dim;
  private final Seed seed;

  /** What a GPU gathers by, for the names met so far. */
  private final Map<String, Table> tables = new ConcurrentHashMap<>();

  /**
   * @param coordinates which one comes to each place of each run, int64 [runs·k]
   * @param signs of them, 0 where none comes, float32 [runs·k]
   */
  private record Table(Tensor coordinates, Tensor signs) {}

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
    if (!numbers.is_cpu()) {
      gather(name, numbers.to(ScalarType.Float), sums);
      return;
    }
    Tensor exact = numbers.to(ScalarType.Float);
    forEachRun(
        name,
        exact.size(1),
        (from, place, signs) -> {
          int count = signs.length;
          Tensor factors = Libtorch.of(signs, ScalarType.Float, count);
          // To the last place, then from the first one on.
          int first = Math.min(count, dim - place);
          addRun(exact, from, factors, 0, first, sums, place);
          if (first < count) {
            addRun(exact, from, factors, first, count - first, sums, 0);
          }
        });
  }

  /** Takes k coordinates that follow each other, or those that are left. */
  private interface RunTaker {
    /**
     * @param from the first coordinate
     * @param place where it comes, 0..k−1; the others follow, after the last place the first
     * @param signs of the coordinates
     */
    void take(long from, int place, float[] signs);
  }

  /** Goes through the runs of the coordinates under a name. */
  private void forEachRun(String name, long length, RunTaker taker) {
    Seed own = seed.child(name);
    RandomStream places = own.child("shifts").stream();
    RandomStream signs = own.child("signs").stream();
    for (long from = 0; from < length; from += dim) {
      int count = (int) Math.min(dim, length - from);
      taker.take(from, places.nextInt(dim), signs(signs, from, count));
    }
  }

  /** The same on a GPU. */
  void gather(String name, Tensor numbers, Tensor sums) {
    Table table = tables.computeIfAbsent(name, n -> table(n, Math.toIntExact(numbers.size(1))));
    Tensor placed = numbers.index_select(1, table.coordinates()).mul_(table.signs());
    sums.add_(placed.view(numbers.size(0), -1, dim).sum(1));
  }

  private Table table(String name, int length) {
    int runs = (length + dim - 1) / dim;
    int[] coordinates = new int[Math.multiplyExact(runs, dim)];
    float[] signs = new float[coordinates.length];
    forEachRun(
        name,
        length,
        (from, place, ofRun) -> {
          for (int i = 0; i < ofRun.length; i++) {
            int at = (int) from + (place + i) % dim;
            coordinates[at] = (int) from + i;
            signs[at] = ofRun[i];
          }
        });
    try (PointerScope scope = new PointerScope()) {
      return new Table(
          Libtorch.keep(Libtorch.of(coordinates)),
          Libtorch.keep(Libtorch.of(signs, ScalarType.Float, signs.length)));
    }
  }

  @Override
  public void close() {
    for (Table table : tables.values()) {
      table.coordinates().close();
      table.signs().close();
    }
    tables.clear();
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
