package io.journey.gradient;

import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.model.Denoiser;
import io.journey.model.LayeredDenoiser;
import io.journey.run.SettingException;

/**
 * The methods of computing the gradient of each example. Both ways give the same numbers up to
 * rounding.
 */
public enum GradientMethod {
  /** {@link OneImageGradients}: one backward pass over the draws of one image. */
  ONE_IMAGE,
  /** {@link LayerwiseGradients}: many images in one batch. */
  LAYERWISE;

  /** Returns the faster way for a model: layer by layer wherever its layers are known. */
  public static GradientMethod fasterFor(Denoiser model) {
    return model instanceof LayeredDenoiser ? LAYERWISE : ONE_IMAGE;
  }

  /** This way for a model and its loss. */
  public ExampleGradients create(Denoiser model, NoiseSchedule schedule) {
    return create(model, schedule, OutputFunction.LOSS);
  }

  /** This way for an output of a model. */
  public ExampleGradients create(Denoiser model, NoiseSchedule schedule, OutputFunction output) {
    if (this == ONE_IMAGE) {
      return new OneImageGradients(model, schedule, output);
    }
    if (model instanceof LayeredDenoiser layered) {
      return new LayerwiseGradients(layered, schedule, output);
    }
    throw new SettingException(
        "gradients layerwise need a model whose layers are known: use one_image");
  }
}
