package io.journey.evaluation;

import io.journey.dataset.ImageShape;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import java.util.List;

/**
 * Draws targets again from the same start with the same noise, by the model that drew them or by
 * others, and compares the pictures: ℓ2 of pixels in [−1, 1].
 *
 * @param original drew the targets
 * @param targets with the seeds of their noise
 * @param codec decodes what models sample; closed by who opened it
 */
public record Redrawing(Sampler original, List<Trajectory> targets, LatentCodec codec) {
  /** The change that rounding may make in a number of a picture on another machine. */
  private static final double ROUNDING = 1e-2;

  /** Returns the picture of a target, [C·H·W]. */
  public float[] picture(int target) {
    return decoded(targets.get(target).image(), target);
  }

  /**
   * Draws a target itself again, [C·H·W].
   *
   * @throws JourneyException if it becomes another picture: it was not drawn from its seed
   */
  public float[] again(int target) {
    float[] again = drawn(original, target);
    double perNumber = distance(picture(target), again, target) / Math.sqrt(again.length);
    if (!(perNumber < ROUNDING)) {
      throw new JourneyException(
          "Target "
              + target
              + " becomes another image when it is sampled again from its seed: sample targets"
              + " with this version.");
    }
    return again;
  }

  /** Draws what another model makes of a target's start and noise, [C·H·W]. */
  public float[] by(Checkpoint model, int target) {
    return drawn(original.by(model), target);
  }

  private float[] drawn(Sampler sampler, int index) {
    Trajectory target = targets.get(index);
    try {
      return decoded(sampler.sample(Seed.parse(target.seed()), target.condition()).image(), index);
    } catch (IllegalArgumentException e) {
      throw new JourneyException(
          "Target " + index + " cannot be sampled again: " + e.getMessage() + "; sample it anew.",
          e);
    }
  }

  private float[] decoded(float[] sampled, int target) {
    return codec.decode(new float[][] {sampled}, targets.get(target).shape())[0];
  }

  /** Returns the distance of two pictures of a target, at least 0. */
  public double distance(float[] a, float[] b, int target) {
    PictureSpace pixels = PictureSpace.pixels();
    float[][] inside = pixels.vectors(List.of(a, b), shape(target));
    return pixels.distance(inside[0], inside[1]);
  }

  /** Returns the shape of the picture of a target. */
  public ImageShape shape(int target) {
    return codec.imageShape(targets.get(target).shape());
  }
}
