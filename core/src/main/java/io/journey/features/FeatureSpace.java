package io.journey.features;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.Factors;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.projection.CurvatureConfig;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

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
   * The projection that features of a checkpoint were made with, for targets.
   *
   * @param member name of the checkpoint
   * @param parameters the checkpoint's
   * @return its owner closes it
   * @throws JourneyException if the features have another length than the projection gives
   */
  public static Projection projection(FeatureStore features, String member, Parameters parameters) {
    int expected = features.projection().dimFor(parameters.count());
    if (features.dim(member) != expected) {
      throw new JourneyException(
          features.manifest().directory()
              + " has "
              + Counted.of(features.dim(member), "numbers")
              + " for each example and "
              + member
              + ", the projection "
              + features.projection()
              + " of this checkpoint gives "
              + expected
              + ": make the features again.");
    }
    return projection(
        features.projection(),
        features.curvature(),
        features.curvatureFile(member),
        parameters,
        features.seed(),
        member);
  }

  /**
   * The projection of a checkpoint, whitening included: the same for training examples and targets,
   * another for each checkpoint.
   *
   * @param file the curvature fitted to the checkpoint; null where there is none
   * @param seed of the features
   */
  static Projection projection(
      ProjectionConfig config,
      CurvatureConfig curvature,
      Path file,
      Parameters parameters,
      long seed,
      String member) {
    Seed own = Seed.of(seed).child("projection").child(member);
    return curvature.before(config.create(parameters, own), parameters, file);
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
    int dim = projection.dim();
    try (PointerScope scope = new PointerScope()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, draws.size(), dim);
      float[] losses =
          gradients.compute(
              draws,
              mask,
              new ExampleGradients.Sink() {
                @Override
                public void add(int image, int offset, Tensor parts) {
                  Tensor exact = parts.to(ScalarType.Float);
                  projection.add(offset, exact, sums.narrow(0, image, parts.size(0)));
                }

                @Override
                public Factors factors(Parameter weight) {
                  return projection.factors(weight);
                }
              });
      float[] flat = Libtorch.floats(sums);
      float[][] features = new float[draws.size()][];
      for (int i = 0; i < features.length; i++) {
        features[i] = Arrays.copyOfRange(flat, i * dim, (i + 1) * dim);
      }
      return new Projected(features, losses);
    }
  }
}
