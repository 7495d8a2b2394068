package io.journey.features;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientSink;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.preconditioner.Preconditioner;
import io.journey.projection.Projection;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The one path from draws to features, which training examples and targets both take: the gradients
 * of the weights selected, preconditioned, projected. Safe for many threads until it is closed.
 */
public final class GradientPipeline implements AutoCloseable {
  private final ExampleGradients gradients;
  private final Set<String> selected = new HashSet<>();
  private final Preconditioner preconditioner;
  private final Projection projection;

  /**
   * @param selected the weights
   * @param preconditioner of them; closed with this
   * @param projection of them; closed with this
   */
  public GradientPipeline(
      ExampleGradients gradients,
      List<Parameter> selected,
      Preconditioner preconditioner,
      Projection projection) {
    this.gradients = gradients;
    selected.forEach(weight -> this.selected.add(weight.name()));
    this.preconditioner = preconditioner;
    this.projection = projection;
  }

  /**
   * The path that features of a checkpoint were made by, for targets.
   *
   * @param gradients of the checkpoint
   * @param member its name
   * @param parameters the checkpoint's
   * @return its owner closes it
   * @throws JourneyException if the features were made of other weights
   */
  public static GradientPipeline of(
      FeatureStore features, ExampleGradients gradients, String member, Parameters parameters) {
    List<Parameter> weights = features.parameters().select(parameters.list(), member);
    features.requireWeights(weights, member);
    Projection projection =
        features.projection().create(weights, FeaturePath.projectionSeed(features.seed(), member));
    if (features.dim(member) != projection.dim()) {
      throw new JourneyException(
          features.manifest().directory()
              + " has "
              + Counted.of(features.dim(member), "numbers")
              + " for each example and "
              + member
              + ", the projection "
              + features.projection()
              + " of this checkpoint gives "
              + projection.dim()
              + ": make the features again.");
    }
    Preconditioner preconditioner =
        features.preconditioner().open(weights, features.preconditionerFile(member));
    return new GradientPipeline(gradients, weights, preconditioner, projection);
  }

  /** Returns k, how many numbers a feature has. */
  public int dim() {
    return projection.dim();
  }

  /**
   * Features and the losses whose gradients they are of.
   *
   * @param features [images][k]
   * @param losses mean loss of each image, or of another output, [images]
   */
  public record Projected(float[][] features, float[] losses) {}

  /**
   * Computes the features of some images' draws.
   *
   * @param mask weights of pixels [H, W], or null
   */
  public Projected project(List<DenoisingDraws> draws, Tensor mask) {
    int dim = projection.dim();
    try (PointerScope scope = new PointerScope()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, draws.size(), dim);
      float[] losses = gradients.compute(draws, mask, into(sums));
      float[] flat = Libtorch.floats(sums);
      float[][] features = new float[draws.size()][];
      for (int i = 0; i < features.length; i++) {
        features[i] = Arrays.copyOfRange(flat, i * dim, (i + 1) * dim);
      }
      return new Projected(features, losses);
    }
  }

  private GradientSink into(Tensor sums) {
    return new GradientSink() {
      @Override
      public boolean wants(Parameter weight) {
        return selected.contains(weight.name()) && preconditioner.keeps(weight);
      }

      @Override
      public boolean wantsSums() {
        return preconditioner != Preconditioner.NONE;
      }

      @Override
      public void accept(Parameter weight, int image, LayerGradient gradient) {
        LayerGradient ready = preconditioner.apply(weight, gradient);
        projection.add(weight, ready, sums.narrow(0, image, gradient.examples()));
      }
    };
  }

  @Override
  public void close() {
    preconditioner.close();
    projection.close();
  }
}
