package io.journey.curation;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.statistics.Ranking;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What the other training images are to one: those that support it most, those that oppose it most,
 * and means over all and over classes. Closeness is the mean over checkpoints of the cosine
 * S_ij/√(S_ii·S_jj), in [−1, 1], which does not grow with the size of gradients.
 *
 * @param supporters the closest, closest first
 * @param support their closeness
 * @param opponents the farthest, farthest first
 * @param opposition their closeness
 * @param mean closeness of all others
 * @param own mean closeness of the others of its class; NaN where there are none
 * @param rival the class of the highest mean closeness but its own; −1 where there is none
 * @param rivals that mean
 */
record Neighbours(
    int[] supporters,
    float[] support,
    int[] opponents,
    float[] opposition,
    double mean,
    double own,
    int rival,
    double rivals) {
  /** Opponents that are kept. */
  static final int OPPONENTS = 5;

  private static final String SUPPORTERS = "supporters";
  private static final String SUPPORT = "support";
  private static final String FARTHEST = "opponents";
  private static final String OPPOSITION = "opposition";
  private static final String MEANS = "means";
  private static final int MEAN_COUNT = 4;

  /**
   * Looks at one image.
   *
   * @param image its index
   * @param closeness of all images, [N]; its own does not count
   * @param classes the class of every image from 0, −1 where it has none, [N]
   * @param classCount number of classes
   * @param count of supporters, less than N
   */
  static Neighbours of(int image, float[] closeness, int[] classes, int classCount, int count) {
    float[] others = closeness.clone();
    others[image] = Float.NEGATIVE_INFINITY;
    int[] supporters = Ranking.top(others, count);
    others[image] = Float.POSITIVE_INFINITY;
    int[] opponents = Ranking.bottom(others, Math.min(OPPONENTS, others.length - 1));
    double sum = 0;
    double[] sums = new double[classCount];
    int[] counts = new int[classCount];
    for (int j = 0; j < closeness.length; j++) {
      if (j != image) {
        sum += closeness[j];
        if (classes[j] >= 0) {
          sums[classes[j]] += closeness[j];
          counts[classes[j]]++;
        }
      }
    }
    int rival = -1;
    for (int c = 0; c < classCount; c++) {
      if (c != classes[image]
          && counts[c] > 0
          && (rival < 0 || sums[c] / counts[c] > sums[rival] / counts[rival])) {
        rival = c;
      }
    }
    int mine = classes[image];
    return new Neighbours(
        supporters,
        chosen(closeness, supporters),
        opponents,
        chosen(closeness, opponents),
        sum / (closeness.length - 1),
        mine < 0 || counts[mine] == 0 ? Double.NaN : sums[mine] / counts[mine],
        rival,
        rival < 0 ? Double.NaN : sums[rival] / counts[rival]);
  }

  private static float[] chosen(float[] from, int[] places) {
    float[] out = new float[places.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[places[i]];
    }
    return out;
  }

  /**
   * Returns the share of supporters that bear another class, each by its support; those that
   * oppose, and those without a class, do not count. 0 where none supports.
   *
   * @return NaN where the image has no class
   */
  double otherClasses(int own, int[] classes) {
    if (own < 0) {
      return Double.NaN;
    }
    double all = 0;
    double other = 0;
    for (int s = 0; s < supporters.length; s++) {
      int of = classes[supporters[s]];
      double weight = of < 0 ? 0 : Math.max(0, support[s]);
      all += weight;
      other += of == own ? 0 : weight;
    }
    return all > 0 ? other / all : 0;
  }

  /** Returns 1 less the mean support, where opposition counts as none. */
  double isolation() {
    return 1 - mean(0);
  }

  /**
   * Returns by how much the support of the first exceeds the mean of the third and later ones: two
   * copies of an image are twins, too.
   */
  double excess() {
    return support[0] - mean(2);
  }

  private double mean(int from) {
    double sum = 0;
    for (int s = from; s < support.length; s++) {
      sum += Math.max(0, support[s]);
    }
    return sum / (support.length - from);
  }

  /** Returns some images' as a file. */
  static Safetensors.Writer file(Neighbours[] some) {
    int each = some[0].supporters.length;
    int far = some[0].opponents.length;
    long[] supporters = new long[some.length * each];
    float[] support = new float[supporters.length];
    long[] opponents = new long[some.length * far];
    float[] opposition = new float[opponents.length];
    double[] means = new double[some.length * MEAN_COUNT];
    for (int i = 0; i < some.length; i++) {
      for (int s = 0; s < each; s++) {
        supporters[i * each + s] = some[i].supporters[s];
      }
      for (int s = 0; s < far; s++) {
        opponents[i * far + s] = some[i].opponents[s];
      }
      System.arraycopy(some[i].support, 0, support, i * each, each);
      System.arraycopy(some[i].opposition, 0, opposition, i * far, far);
      double[] of = {some[i].mean, some[i].own, some[i].rival, some[i].rivals};
      System.arraycopy(of, 0, means, i * MEAN_COUNT, MEAN_COUNT);
    }
    return new Safetensors.Writer()
        .add(SUPPORTERS, supporters, some.length, each)
        .add(SUPPORT, support, some.length, each)
        .add(FARTHEST, opponents, some.length, far)
        .add(OPPOSITION, opposition, some.length, far)
        .add(MEANS, DType.F64, out -> Npy.writeNumbers(out, means), some.length, MEAN_COUNT);
  }

  /** Reads a file back. */
  static Neighbours[] read(Path file) {
    Safetensors tensors = Safetensors.open(file);
    int[] supporters =
        Arrays.stream(tensors.longs(SUPPORTERS)).mapToInt(Math::toIntExact).toArray();
    float[] support = tensors.floats(SUPPORT);
    int[] opponents = Arrays.stream(tensors.longs(FARTHEST)).mapToInt(Math::toIntExact).toArray();
    float[] opposition = tensors.floats(OPPOSITION);
    double[] means = tensors.doubles(MEANS);
    Neighbours[] out = new Neighbours[means.length / MEAN_COUNT];
    int each = supporters.length / out.length;
    int far = opponents.length / out.length;
    for (int i = 0; i < out.length; i++) {
      out[i] =
          new Neighbours(
              Arrays.copyOfRange(supporters, i * each, (i + 1) * each),
              Arrays.copyOfRange(support, i * each, (i + 1) * each),
              Arrays.copyOfRange(opponents, i * far, (i + 1) * far),
              Arrays.copyOfRange(opposition, i * far, (i + 1) * far),
              means[i * MEAN_COUNT],
              means[i * MEAN_COUNT + 1],
              (int) means[i * MEAN_COUNT + 2],
              means[i * MEAN_COUNT + 3]);
    }
    return out;
  }
}
