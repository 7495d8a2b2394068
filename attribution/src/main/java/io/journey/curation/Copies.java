package io.journey.curation;

import io.journey.dataset.Dataset;
import io.journey.statistics.PixelSimilarity;
import java.util.stream.IntStream;

/**
 * Which images are copies of an earlier one, by their pixels.
 *
 * @param first the first image of the cluster of each, −1 where it is alone, [N]
 * @param correlation of the pixels of each with those of that image; NaN for the first itself and
 *     for those that are alone, [N]
 */
record Copies(int[] first, double[] correlation) {
  /**
   * Compares images with the first of their clusters.
   *
   * @param first as {@link io.journey.statistics.NearDuplicates#clusters} gives it
   */
  static Copies of(Dataset pictures, int[] first) {
    double[] correlation = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      correlation[i] =
          first[i] < 0 || first[i] == i
              ? Double.NaN
              : PixelSimilarity.cosine(centred(pictures, i), centred(pictures, first[i]));
    }
    return new Copies(first, correlation);
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
    return IntStream.range(0, first.length)
        .filter(i -> i != image && first[i] == first[image])
        .toArray();
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
