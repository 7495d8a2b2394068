package io.journey.features;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The one path from draws to features that training examples and targets both take. */
public final class FeatureSpace {
  /** Gradients in memory at once take about this much on each worker. */
  private static final long GROUP_BYTES = 64L << 20;

  private static final int MAX_GROUP = 32;

  private FeatureSpace() {}

  /**
   * How many images a worker takes at once: a fixed number for a model, so that groups are the same
   * on every machine.
   *
   * @param p number of parameters
   */
  public static int groupSize(int p) {
    return (int) Math.max(1, Math.min(MAX_GROUP, GROUP_BYTES / (4L * p)));
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
    float[][] whole = new float[draws.size()][];
    float[] losses = new float[draws.size()];
    gradients.compute(
        draws,
        mask,
        (i, gradient, loss) -> {
          whole[i] = gradient.clone();
          losses[i] = (float) loss;
        });
    float[][] features = new float[draws.size()][projection.dim()];
    projection.project(whole, features);
    return new Projected(features, losses);
  }
}
