package io.journey.results.retrieval;

import io.journey.results.ExampleTable;
import io.journey.results.lds.Truth;
import io.journey.run.SettingException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Training images of another source than the rest, and targets that are of that source: an
 * estimator knows where a target comes from if these images have the highest scores.
 *
 * @param steps t, rising
 * @param targets how many
 * @param examples all training images, [N]
 * @param data the fingerprint of the data
 * @param trajectories the fingerprint of the targets at these steps
 * @param hidden the numbers of the images of that source
 */
public record HiddenSource(
    int[] steps,
    int targets,
    List<ExampleTable.Example> examples,
    String data,
    String trajectories,
    BitSet hidden)
    implements Truth {
  /**
   * @throws SettingException if none of the images is of that source, or all are
   */
  public HiddenSource {
    examples = List.copyOf(examples);
    hidden = (BitSet) hidden.clone();
    int count = hidden.cardinality();
    if (count < 1 || hidden.length() > examples.size() || count == examples.size()) {
      throw new SettingException(
          "some of the "
              + examples.size()
              + " training images are hidden among others, got "
              + count);
    }
  }

  @Override
  public int checkpoints() {
    return 0;
  }

  /** The scores themselves, [N]. */
  @Override
  public double[] predictions(float[] scores) {
    return IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).toArray();
  }

  /** Returns how many images are of that source. */
  int count() {
    return hidden.cardinality();
  }

  /**
   * Returns the mean average precision of all orders of the images, K of N hidden: (H_N + (N −
   * H_N)·(K − 1)/(N − 1))/N, where H_N = 1 + 1/2 + … + 1/N: at each rank r stands a hidden image
   * with probability K/N, and of the r − 1 above it (r − 1)·(K − 1)/(N − 1) are hidden on average.
   */
  double chance() {
    int n = examples.size();
    double harmonic = IntStream.rangeClosed(1, n).mapToDouble(r -> 1.0 / r).sum();
    return (harmonic + (n - harmonic) * (count() - 1) / (n - 1)) / n;
  }

  /**
   * Returns the average precision of scores (Zhu 2004): the mean over hidden images of the share of
   * hidden ones among all with a score as high or higher.
   *
   * @param scores [N]
   * @return in (0, 1]
   */
  double averagePrecision(double[] scores) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double[] found = hidden.stream().mapToDouble(i -> scores[i]).sorted().toArray();
    double sum = 0;
    for (int k = 0; k < found.length; k++) {
      int relevant = found.length - firstAtLeast(found, found[k]);
      int all = sorted.length - firstAtLeast(sorted, found[k]);
      sum += (double) relevant / all;
    }
    return sum / found.length;
  }

  /**
   * Returns the share of hidden images among the k with the highest scores. Images of one score, of
   * which not all have a place there, count as if their order were chance.
   *
   * @param scores [N]
   * @return in [0, 1]
   */
  double recall(double[] scores, int k) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double last = sorted[Math.max(0, sorted.length - k)];
    int above = (int) Arrays.stream(scores).filter(score -> score > last).count();
    int equal = (int) Arrays.stream(scores).filter(score -> score == last).count();
    double share = (double) (Math.min(k, scores.length) - above) / equal;
    double found =
        hidden.stream()
            .mapToDouble(i -> scores[i] > last ? 1 : scores[i] == last ? share : 0)
            .sum();
    return found / count();
  }

  /** The first place of a number or a higher one in rising numbers. */
  private static int firstAtLeast(double[] rising, double value) {
    int low = 0;
    int high = rising.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rising[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
