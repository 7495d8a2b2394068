package io.journey.statistics;

import io.journey.dataset.Dataset;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Clusters of images that are nearly the same, by single linkage: two images are in one cluster
 * where a chain of near-duplicates joins them. Near-duplicates are two images whose pixels
 * correlate by a threshold or more: brightness and contrast do not count. An image of one colour is
 * a near-duplicate of no other.
 *
 * <p>All pairs are compared, most of them by a bound: the distance of two images, centred and of
 * length 1, is at least that of their means over blocks, each times the root of the block's pixels
 * (Jensen's inequality). It is 2(1 − r) squared, r their correlation.
 */
public final class NearDuplicates {
  /** A correlation that copies, saved anew or a little changed, reach, and few others do. */
  public static final double DEFAULT_CORRELATION = 0.99;

  /** Blocks in a row and in a column. */
  private static final int BLOCKS = 8;

  private final Dataset images;
  private final double farthest;
  private final float[][] means; // of blocks, sorted so that those that vary most come first
  private final int[] parent;
  private final float[] one;
  private final float[] other;

  private NearDuplicates(Dataset images, double correlation) {
    this.images = images;
    this.farthest = 2 * (1 - correlation);
    this.means = new float[images.size()][];
    this.parent = IntStream.range(0, images.size()).toArray();
    this.one = new float[images.shape().numel()];
    this.other = new float[one.length];
  }

  /**
   * Returns the cluster of each image: the index of its first image, −1 where it is alone.
   *
   * @param images pictures
   * @param correlation from which on two images are near-duplicates, above 0 and at most 1
   */
  public static int[] clusters(Dataset images, double correlation, Progress progress) {
    if (!(correlation > 0 && correlation <= 1)) {
      throw new SettingException(
          "the correlation of near-duplicates must be above 0 and at most 1, got " + correlation);
    }
    NearDuplicates search = new NearDuplicates(images, correlation);
    try (Progress.Task task =
        progress.start("Searching near-duplicates", 2L * images.size(), "images")) {
      search.describe(task);
      search.join(task);
    }
    return search.firsts();
  }

  private void describe(Progress.Task task) {
    for (int i = 0; i < means.length; i++) {
      means[i] = normalised(i, one) ? blockMeans(one) : null;
      task.advance(1);
    }
    sortByVariance();
  }

  /** Reads an image, centred and of length 1; returns false where it has one colour alone. */
  private boolean normalised(int index, float[] out) {
    images.read(index, out, 0);
    double sum = 0;
    for (float value : out) {
      sum += value;
    }
    double mean = sum / out.length;
    double squares = 0;
    for (float value : out) {
      squares += (value - mean) * (value - mean);
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) ((out[i] - mean) / length);
    }
    // Rounding leaves less than this of a plain image.
    return length > 1e-5 * Math.sqrt(out.length);
  }

  private float[] blockMeans(float[] image) {
    int height = images.shape().height();
    int width = images.shape().width();
    double[] sums = new double[BLOCKS * BLOCKS];
    int[] counts = new int[sums.length];
    for (int i = 0; i < image.length; i++) {
      int block = i / width % height * BLOCKS / height * BLOCKS + i % width * BLOCKS / width;
      sums[block] += image[i];
      counts[block]++;
    }
    float[] out = new float[sums.length];
    for (int b = 0; b < out.length; b++) {
      out[b] = counts[b] == 0 ? 0 : (float) (sums[b] / Math.sqrt(counts[b]));
    }
    return out;
  }

  private void sortByVariance() {
    double[] sums = new double[BLOCKS * BLOCKS];
    double[] squares = new double[sums.length];
    int count = 0;
    for (float[] row : means) {
      for (int b = 0; row != null && b < row.length; b++) {
        sums[b] += row[b];
        squares[b] += (double) row[b] * row[b];
      }
      count += row == null ? 0 : 1;
    }
    int images = Math.max(1, count);
    int[] order =
        IntStream.range(0, sums.length)
            .boxed()
            .sorted(Comparator.comparingDouble(b -> -(squares[b] - sums[b] * sums[b] / images)))
            .mapToInt(b -> b)
            .toArray();
    for (int i = 0; i < means.length; i++) {
      if (means[i] != null) {
        float[] row = means[i];
        means[i] = new float[row.length];
        for (int b = 0; b < order.length; b++) {
          means[i][b] = row[order[b]];
        }
      }
    }
  }

  /** Compares each image with those whose first mean is near enough. */
  private void join(Progress.Task task) {
    Integer[] sorted =
        IntStream.range(0, means.length)
            .filter(i -> means[i] != null)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> means[i][0]).thenComparing(i -> i))
            .toArray(Integer[]::new);
    double window = Math.sqrt(farthest) + 1e-6;
    for (int a = 0; a < sorted.length; a++) {
      boolean isRead = false;
      for (int b = a + 1; b < sorted.length; b++) {
        if (means[sorted[b]][0] - means[sorted[a]][0] > window) {
          break;
        }
        if (bound(means[sorted[a]], means[sorted[b]]) && root(sorted[a]) != root(sorted[b])) {
          isRead = isRead || normalised(sorted[a], one);
          normalised(sorted[b], other);
          if (squaredDistance() <= farthest + 1e-6) {
            unite(sorted[a], sorted[b]);
          }
        }
      }
      task.advance(1);
    }
  }

  /** Returns whether two images may be near enough. */
  private boolean bound(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      sum += difference * difference;
      if (sum > farthest + 1e-5) {
        return false;
      }
    }
    return true;
  }

  private double squaredDistance() {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = one[i] - other[i];
      sum += difference * difference;
    }
    return sum;
  }

  private int root(int image) {
    int at = image;
    while (parent[at] != at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  /** The smaller index stands for a cluster. */
  private void unite(int a, int b) {
    int first = root(a);
    int second = root(b);
    parent[Math.max(first, second)] = Math.min(first, second);
  }

  private int[] firsts() {
    int[] sizes = new int[parent.length];
    for (int i = 0; i < parent.length; i++) {
      sizes[root(i)]++;
    }
    int[] out = new int[parent.length];
    Arrays.setAll(out, i -> sizes[root(i)] > 1 ? root(i) : -1);
    return out;
  }
}
