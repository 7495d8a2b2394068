package io.journey.evaluation.removal;

import io.journey.evaluation.Redrawing;
import io.journey.model.Checkpoint;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.sampling.PictureFile;
import java.util.Locale;

/**
 * ℓ2 in pixel space between a target's picture and what a model draws from the same start with the
 * same noise.
 *
 * @param drawing of the targets; the files and the distances are of pictures
 */
public record RedrawnPicture(Redrawing drawing) implements RemovalMeasure, PairedMeasure {
  private static final String AGAIN = "original";

  @Override
  public long unitSteps() {
    return drawing.original().timesteps().length;
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
    write(run, target, AGAIN, drawing.again(target), progress);
  }

  @Override
  public void measure(
      StageFiles run,
      int target,
      String model,
      Checkpoint checkpoint,
      Workers.Parts parts,
      Progress.Task progress) {
    write(run, target, model, drawing.by(checkpoint, target), progress);
  }

  private void write(
      StageFiles run, int target, String name, float[] picture, Progress.Task progress) {
    run.write(
        file(target, name), PictureFile.content(new float[][] {picture}, drawing.shape(target)));
    progress.advance(unitSteps());
  }

  /** Returns the picture that a model drew, [C·H·W]. */
  public float[] picture(StageFiles run, int target, String model) {
    return PictureFile.read(run.path(file(target, model)), 1, drawing.shape(target))[0];
  }

  @Override
  public double read(StageFiles run, int target, String model) {
    return change(run, target, AGAIN, model);
  }

  @Override
  public double change(StageFiles run, int target, String from, String to) {
    return drawing.distance(picture(run, target, from), picture(run, target, to), target);
  }

  /** The mean distance to the pictures of the other targets; NaN if there are none. */
  @Override
  public double reference(StageFiles run, int target) {
    double sum = 0;
    int targets = drawing.targets().size();
    float[] own = picture(run, target, AGAIN);
    for (int other = 0; other < targets; other++) {
      sum += other == target ? 0 : drawing.distance(own, picture(run, other, AGAIN), target);
    }
    return targets < 2 ? Double.NaN : sum / (targets - 1);
  }

  @Override
  public String file(int target, String model) {
    return String.format(Locale.ROOT, "target-%03d/%s.npy", target, model.replace('/', '-'));
  }
}
