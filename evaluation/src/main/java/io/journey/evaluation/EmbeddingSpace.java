package io.journey.evaluation;

import io.journey.dataset.ImageShape;
import io.journey.embedding.Embedder;
import io.journey.run.Progress;
import io.journey.statistics.PixelSimilarity;
import java.util.List;

/**
 * One minus the cosine of the vectors of a network, between 0 and 2.
 *
 * @param embedder the network, which its owner closes
 * @param threads workers
 * @param progress told of the embedding
 */
record EmbeddingSpace(Embedder embedder, int threads, Progress progress) implements PictureSpace {
  @Override
  public String name() {
    return "embedding";
  }

  @Override
  public String fingerprint() {
    return embedder.fingerprint();
  }

  @Override
  public String unit() {
    return "cosine distance, " + embedder.name();
  }

  @Override
  public float[][] vectors(List<float[]> pictures, ImageShape shape) {
    float[][] inside = PictureSpace.pixels().vectors(pictures, shape);
    return embedder.embed(List.of(inside), shape, threads, progress);
  }

  /** A vector of zeros is as far as a perpendicular one. */
  @Override
  public double distance(float[] a, float[] b) {
    return Math.max(0, 1 - PixelSimilarity.cosine(a, b));
  }
}
