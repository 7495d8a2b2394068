package io.journey.evaluation.audit;

import io.journey.array.Npy;
import io.journey.diffusion.DenoisingDraws;
import io.journey.evaluation.removal.PairedMeasure;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import java.util.List;
import java.util.Locale;

/**
 * The loss f_t of a picture at its steps, by draws of noise that are the same for all models. The
 * change from one model to another is the mean over steps of ln(f_t′/f_t): 0.01 is one per cent
 * more.
 *
 * @param target the picture
 * @param draws at each step
 * @param seed of their noise
 */
record PictureLoss(Trajectory target, int draws, long seed) implements PairedMeasure {
  @Override
  public long unitSteps() {
    return target.timesteps().length;
  }

  @Override
  public long preparingSteps() {
    return 0;
  }

  @Override
  public void prepare(StageFiles run, int index, Workers.Parts parts, Progress.Task progress) {}

  @Override
  public String file(int index, String model) {
    return String.format(Locale.ROOT, "target-%03d/%s.npy", index, model.replace('/', '-'));
  }

  @Override
  public void measure(
      StageFiles run,
      int index,
      String model,
      Checkpoint checkpoint,
      Workers.Parts parts,
      Progress.Task progress) {
    int[] steps = target.timesteps();
    float[] losses = new float[steps.length];
    Seed root = Seed.of(seed).child("audit");
    parts.forEach(
        steps.length,
        s -> {
          DenoisingDraws asked =
              DenoisingDraws.atStep(
                  target.x0()[s], target.condition(), steps[s], root.child(steps[s]), draws);
          losses[s] = checkpoint.losses(List.of(asked))[0];
        });
    run.write(file(index, model), out -> Npy.write(out, losses, losses.length));
    progress.advance(unitSteps());
  }

  private float[] losses(StageFiles run, int index, String model) {
    float[] losses = new float[target.timesteps().length];
    Npy.map(run.path(file(index, model))).read(0, losses, 0, losses.length);
    return losses;
  }

  @Override
  public double change(StageFiles run, int index, String from, String to) {
    float[] before = losses(run, index, from);
    float[] after = losses(run, index, to);
    double sum = 0;
    for (int s = 0; s < before.length; s++) {
      sum += Math.log((double) after[s] / before[s]);
    }
    return sum / before.length;
  }
}
