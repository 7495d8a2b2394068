package io.journey.evaluation.removal;

import io.journey.dataset.ImageShape;
import io.journey.evaluation.PictureSpace;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.sampling.PictureFile;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import java.util.List;
import java.util.Locale;

/**
 * ℓ2 in pixel space between a target's picture and what a model draws from the same start with the
 * same noise.
 *
 * @param original drew the targets
 * @param targets with the seeds of their noise
 * @param codec decodes what models sample; the files and the distances are of pictures
 */
public record RedrawnPicture(Sampler original, List<Trajectory> targets, LatentCodec codec)
    implements RemovalMeasure, PairedMeasure {
  private static final String AGAIN = "original";

  /** The change that rounding may make in a number of a picture on another machine. */
  private static final double ROUNDING = 1e-2;

  @Override
  public long unitSteps() {
    return original.timesteps().length;
  }

  @Override
  public long preparingSteps() {
    return unitSteps();
  }

  /**
   * Draws the target itself again.
   *
   * @throws JourneyException if it becomes another picture: it was not drawn from its seed
   */
  @Override
  public void prepare(StageFiles run, int target, Workers.Parts parts, Progress.Task progress) {
    if (run.has(file(target, AGAIN))) {
      progress.skip(unitSteps());
      return;
    }
    float[] again = draw(original, target);
    double perNumber = distance(picture(target), again, target) / Math.sqrt(again.length);
    if (!(perNumber < ROUNDING)) {
      throw new JourneyException(
          "Target "
              + target
              + " becomes another image when it is sampled again from its seed: sample targets"
              + " with this version.");
    }
    run.write(file(target, AGAIN), PictureFile.content(new float[][] {again}, shape(target)));
    progress.advance(unitSteps());
  }

  @Override
  public void measure(
      StageFiles run,
      int target,
      String model,
      Checkpoint checkpoint,
      Workers.Parts parts,
      Progress.Task progress) {
    float[] picture = draw(original.by(checkpoint), target);
    run.write(file(target, model), PictureFile.content(new float[][] {picture}, shape(target)));
    progress.advance(unitSteps());
  }

  private float[] draw(Sampler sampler, int index) {
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

  /** Returns the picture of a target, [C·H·W]. */
  float[] picture(int target) {
    return decoded(targets.get(target).image(), target);
  }

  /** Returns the picture that a model drew, [C·H·W]. */
  public float[] picture(StageFiles run, int target, String model) {
    return PictureFile.read(run.path(file(target, model)), 1, shape(target))[0];
  }

  @Override
  public double read(StageFiles run, int target, String model) {
    return change(run, target, AGAIN, model);
  }

  @Override
  public double change(StageFiles run, int target, String from, String to) {
    return distance(picture(run, target, from), picture(run, target, to), target);
  }

  /** The mean distance to the pictures of the other targets; NaN if there are none. */
  @Override
  public double reference(StageFiles run, int target) {
    double sum = 0;
    float[] own = picture(run, target, AGAIN);
    for (int other = 0; other < targets.size(); other++) {
      sum += other == target ? 0 : distance(own, picture(run, other, AGAIN), target);
    }
    return targets.size() < 2 ? Double.NaN : sum / (targets.size() - 1);
  }

  private double distance(float[] a, float[] b, int target) {
    PictureSpace pixels = PictureSpace.pixels();
    float[][] inside = pixels.vectors(List.of(a, b), shape(target));
    return pixels.distance(inside[0], inside[1]);
  }

  /** Returns the shape of the picture of a target. */
  public ImageShape shape(int target) {
    return codec.imageShape(targets.get(target).shape());
  }

  @Override
  public String file(int target, String model) {
    return String.format(Locale.ROOT, "target-%03d/%s.npy", target, model.replace('/', '-'));
  }
}
