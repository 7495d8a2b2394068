package io.journey.features;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The one path from draws to features that training examples and targets both take. */
public final class FeatureSpace {
  /** Features in the making take at most about this much on each worker. */
  private static final long GROUP_BYTES = 64L << 20;

  private static final int MAX_GROUP = 32;

  private FeatureSpace() {}

  /**
   * How many images a worker takes at once: a fixed number, so that groups are the same on every
   * machine.
   *
   * @param dim k
   */
  public static int groupSize(int dim) {
    return (int) Math.max(1, Math.min(MAX_GROUP, GROUP_BYTES / (8L * dim)));
  }

  /**
   * The projection of a checkpoint: the same for training examples and targets, another for each
   * checkpoint.
   *
   * @param p number of parameters
   * @param seed of the features
   * @param member name of the checkpoint
   */
  public static Projection projection(ProjectionConfig config, int p, long seed, String member) {
    return config.create(p, Seed.of(seed).child("projection").child(member));
  }

  /**
   * Projected gradients and the losses they belong to.
   *
   * @param features [images][k]
   * @param losses mean loss of each image, [images]
   */
  public record Projected(float[][] features, float[] losses) {}

  /**
   * Gradients of some images' draws, projected.
   *
   * @param mask weights of pixels [H, W], or null
   */
  public static Projected project(
      ExampleGradients gradients, Projection projection, List<DenoisingDraws> draws, Tensor mask) {
    double[][] sums = new double[draws.size()][projection.dim()];
    float[] losses =
        gradients.compute(
            draws,
            mask,
            (image, offset, parts) ->
                projection.add(
                    offset, Math.toIntExact(parts.size(1)), Libtorch.floats(parts), sums, image));
    float[][] features = new float[draws.size()][projection.dim()];
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < features[i].length; j++) {
        features[i][j] = (float) sums[i][j];
      }
    }
    return new Projected(features, losses);
  }
}
