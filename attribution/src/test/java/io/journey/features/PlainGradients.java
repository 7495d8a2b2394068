package io.journey.features;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.model.Denoiser;
import io.journey.nn.Parameter;
import io.journey.preconditioner.Preconditioner;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import java.util.List;

/** Features that are the gradients themselves. */
public final class PlainGradients {
  private PlainGradients() {}

  /** [images][p] */
  public static float[][] of(
      ExampleGradients gradients, Denoiser model, List<DenoisingDraws> images) {
    List<Parameter> weights = model.parameters().list();
    try (GradientPipeline pipeline =
        new GradientPipeline(
            gradients,
            weights,
            Preconditioner.NONE,
            ProjectionConfig.parse("none").create(weights, Seed.of(0)))) {
      return pipeline.project(images, null).features();
    }
  }
}
