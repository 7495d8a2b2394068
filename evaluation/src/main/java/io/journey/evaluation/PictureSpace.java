package io.journey.evaluation;

import io.journey.dataset.ImageShape;
import io.journey.embedding.Embedder;
import io.journey.run.Progress;
import java.util.List;

/** How far two pictures are apart. */
public interface PictureSpace {
  /** Its name in tables: {@code pixels}. */
  String name();

  /** Returns a fingerprint of all that decides its numbers, beside the pictures. */
  String fingerprint();

  /** Returns a name of the numbers, for the axis of a figure. */
  String unit();

  /**
   * The pictures as vectors.
   *
   * @param pictures [N][C·H·W]
   * @return [N, D]
   */
  float[][] vectors(List<float[]> pictures, ImageShape shape);

  /** The distance of two vectors, at least 0. */
  double distance(float[] a, float[] b);

  /** ℓ2 of pixels in [−1, 1]; what a drawing leaves beyond is cut off. */
  static PictureSpace pixels() {
    return new PixelSpace();
  }

  /** One minus the cosine of a network's vectors. */
  static PictureSpace of(Embedder embedder, int threads, Progress progress) {
    return new EmbeddingSpace(embedder, threads, progress);
  }
}
