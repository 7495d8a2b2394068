package io.journey.statistics;

import io.journey.dataset.Dataset;

/**
 * The simplest rival of any attribution: cosine similarity of pixels. Images are vectors of numbers
 * in [−1, 1], not centred.
 */
public final class PixelSimilarity {
  private PixelSimilarity() {}

  /**
   * Cosine similarity of some images with every training image.
   *
   * @param dataset N training images
   * @param images [T, C·H·W] in [−1, 1]
   * @return [T, N] in [−1, 1]; 0 where an image is all zeros
   */
  public static float[][] cosines(Dataset dataset, float[][] images) {
    int numel = dataset.shape().numel();
    double[] lengths = new double[images.length];
    for (int t = 0; t < images.length; t++) {
      if (images[t].length != numel) {
        throw new IllegalArgumentException(
            "image " + t + " has " + images[t].length + " numbers, a training image " + numel);
      }
      lengths[t] = Math.sqrt(dot(images[t], images[t]));
    }
    float[][] out = new float[images.length][dataset.size()];
    float[] example = new float[numel];
    for (int i = 0; i < dataset.size(); i++) {
      dataset.read(i, example, 0);
      double length = Math.sqrt(dot(example, example));
      for (int t = 0; t < images.length; t++) {
        double scale = length * lengths[t];
        out[t][i] = scale > 0 ? (float) (dot(example, images[t]) / scale) : 0f;
      }
    }
    return out;
  }

  /** Returns the cosine of two vectors of one length; 0 where one is all zeros. */
  public static double cosine(float[] a, float[] b) {
    double lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return lengths > 0 ? dot(a, b) / lengths : 0;
  }

  /** Returns the correlation of two vectors of one length; 0 where all of one are equal. */
  public static double correlation(float[] a, float[] b) {
    return cosine(centred(a), centred(b));
  }

  private static float[] centred(float[] a) {
    double sum = 0;
    for (float value : a) {
      sum += value;
    }
    float[] out = new float[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (a[i] - sum / out.length);
    }
    return out;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
