package io.journey.evaluation;

import io.journey.dataset.ImageShape;
import java.util.List;

/** ℓ2 of pixels in [−1, 1]; what a drawing leaves beyond is cut off, as in every picture file. */
record PixelSpace() implements PictureSpace {
  @Override
  public String name() {
    return "pixels";
  }

  @Override
  public String fingerprint() {
    return "l2";
  }

  @Override
  public String unit() {
    return "ℓ2 distance of pixels in [−1, 1]";
  }

  @Override
  public float[][] vectors(List<float[]> pictures, ImageShape shape) {
    float[][] out = new float[pictures.size()][shape.numel()];
    for (int n = 0; n < out.length; n++) {
      for (int i = 0; i < out[n].length; i++) {
        out[n][i] = Math.max(-1, Math.min(1, pictures.get(n)[i]));
      }
    }
    return out;
  }

  @Override
  public double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
