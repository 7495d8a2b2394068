package io.journey.curation;

import io.journey.dataset.Dataset;
import io.journey.statistics.PixelSimilarity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which images are copies of an earlier one, by their pixels.
 *
 * @param first the first image of the cluster of each, −1 where it is alone, [N]
 * @param correlation of the pixels of each with those of that image; NaN for the first itself and
 *     for those that are alone, [N]
 * @param clusters the images of each cluster, rising, by its first
 */
record Copies(int[] first, double[] correlation, Map<Integer, List<Integer>> clusters) {
  /**
   * Compares images with the first of their clusters.
   *
   * @param first as {@link io.journey.statistics.NearDuplicates#clusters} gives it
   */
  static Copies of(Dataset pictures, int[] first) {
    Map<Integer, List<Integer>> clusters =
        IntStream.range(0, first.length)
            .filter(i -> first[i] >= 0)
            .boxed()
            .collect(Collectors.groupingBy(i -> first[i], TreeMap::new, Collectors.toList()));
    double[] correlation = new double[first.length];
    Arrays.fill(correlation, Double.NaN);
    clusters.forEach(
        (head, cluster) -> {
          float[] original = centred(pictures, head);
          for (int copy : cluster.subList(1, cluster.size())) {
            correlation[copy] = PixelSimilarity.cosine(centred(pictures, copy), original);
          }
        });
    return new Copies(first, correlation, clusters);
  }

  private static float[] centred(Dataset pictures, int index) {
    float[] image = new float[pictures.shape().numel()];
    pictures.read(index, image, 0);
    double sum = 0;
    for (float value : image) {
      sum += value;
    }
    float mean = (float) (sum / image.length);
    for (int i = 0; i < image.length; i++) {
      image[i] -= mean;
    }
    return image;
  }

  boolean isCopy(int image) {
    return first[image] >= 0 && first[image] != image;
  }

  /** Returns the other images of a copy's cluster, the first of the cluster first. */
  int[] others(int image) {
    return clusters.get(first[image]).stream().filter(i -> i != image).mapToInt(i -> i).toArray();
  }

  /** Returns the correlations of {@link #others} with the first of the cluster; its own with it. */
  float[] correlations(int image) {
    int[] others = others(image);
    float[] out = new float[others.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) correlation[others[i] == first[image] ? image : others[i]];
    }
    return out;
  }
}
