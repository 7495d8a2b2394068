package io.journey.score;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.StepDistribution;
import io.journey.features.FeatureStore;
import io.journey.features.GradientPipeline;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Gradients of targets, projected like those of the training images in a feature store: g_t of
 * Algorithm 1, or that of the training loss of the finished image.
 *
 * @param ensemble the checkpoints the features were made with
 * @param features whose projection, function and seed are used
 * @param draws of noise for each step; for an average over steps five times as many
 * @param seed of the noise
 * @param mask weights of pixels, or null
 * @param workers do the work
 * @param progress told of draws
 */
public record TargetGradients(
    Ensemble ensemble,
    FeatureStore features,
    int draws,
    long seed,
    PixelMask mask,
    Workers workers,
    Progress progress) {
  /** Steps of a target that are one unit of work: few, so that one target occupies all workers. */
  private static final int UNIT = 5;

  /** Draws of an average over steps beside those of one step. */
  private static final int AVERAGED = 5;

  /**
   * Gradients and outputs by one checkpoint.
   *
   * @param features g of step s and target j at s·T + j, [S·T][k]
   * @param outputs f of each, [S·T]
   */
  public record OfTargets(float[][] features, float[] outputs) {
    /** The same of one step for several. */
    OfTargets repeated(int steps) {
      int targets = outputs.length;
      float[][] rows = new float[steps * targets][];
      float[] losses = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = features[i % targets];
        losses[i] = outputs[i % targets];
      }
      return new OfTargets(rows, losses);
    }
  }

  /** g_t and f_t of targets at steps (Eq. 3). */
  public OfTargets atSteps(String member, List<Trajectory> targets, int[] steps) {
    return compute(
        member,
        targets,
        steps.length,
        draws,
        (checkpoint, target) -> s -> draws(checkpoint, target, steps[s]));
  }

  /** The gradient of the training loss of the finished images, averaged over steps; S is 1. */
  public OfTargets averaged(String member, List<Trajectory> targets) {
    Seed root = Seed.of(seed).child("targets").child(member).child("averaged");
    return compute(
        member,
        targets,
        1,
        AVERAGED * draws,
        (checkpoint, target) ->
            s ->
                DenoisingDraws.stratified(
                    target.image(),
                    target.condition(),
                    StepDistribution.uniform(checkpoint.schedule().steps()),
                    root,
                    AVERAGED * draws));
  }

  private interface OfStep {
    DenoisingDraws draws(int step);
  }

  private OfTargets compute(
      String member,
      List<Trajectory> targets,
      int steps,
      int drawsOfEach,
      BiFunction<Checkpoint, Trajectory, OfStep> asked) {
    int count = steps * targets.size();
    float[][] targetFeatures = new float[count][];
    float[] outputs = new float[count];
    try (Checkpoint checkpoint = load(member);
        GradientPipeline pipeline = pipeline(checkpoint, member);
        Progress.Task task =
            progress.start("Attributing with " + member, (long) count * drawsOfEach, "draws")) {
      int units = (steps + UNIT - 1) / UNIT; // of each target
      workers.forEach(
          targets.size() * units,
          unit -> {
            int target = unit / units;
            int from = unit % units * UNIT;
            int to = Math.min(steps, from + UNIT);
            OfStep ofTarget = asked.apply(checkpoint, targets.get(target));
            List<DenoisingDraws> some = new ArrayList<>();
            for (int s = from; s < to; s++) {
              some.add(ofTarget.draws(s));
            }
            GradientPipeline.Projected part = project(pipeline, some);
            for (int s = from; s < to; s++) {
              targetFeatures[s * targets.size() + target] = part.features()[s - from];
              outputs[s * targets.size() + target] = part.losses()[s - from];
            }
            task.advance((long) some.size() * drawsOfEach);
          });
    }
    requireFinite(targetFeatures, member);
    return new OfTargets(targetFeatures, outputs);
  }

  private static void requireFinite(float[][] features, String member) {
    for (float[] feature : features) {
      for (float value : feature) {
        if (!Float.isFinite(value)) {
          throw new JourneyException(
              "A gradient of "
                  + member
                  + " for a target is not finite: that checkpoint cannot be asked, train it anew.");
        }
      }
    }
  }

  private DenoisingDraws draws(Checkpoint checkpoint, Trajectory target, int step) {
    Seed noise = Seed.of(seed).child("targets").child(checkpoint.name()).child(step);
    float[] xt = target.xt()[target.indexOf(step)];
    float[] output = checkpoint.model().predict(xt, step, target.condition());
    float[] x0 = checkpoint.schedule().predictedOriginal(xt, output, step);
    return DenoisingDraws.atStep(x0, target.condition(), step, noise, draws);
  }

  private GradientPipeline pipeline(Checkpoint checkpoint, String member) {
    ExampleGradients gradients =
        GradientMethod.fasterFor(checkpoint.model())
            .of(checkpoint.model(), checkpoint.schedule(), features.function());
    return GradientPipeline.of(features, gradients, member, checkpoint.model().parameters());
  }

  private GradientPipeline.Projected project(
      GradientPipeline pipeline, List<DenoisingDraws> asked) {
    if (mask == null) {
      return pipeline.project(asked, null);
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor weights = Libtorch.of(mask.weights(), ScalarType.Float, mask.height(), mask.width());
      return pipeline.project(asked, weights);
    }
  }

  /** A checkpoint, the one the features were made with; the caller closes it. */
  public Checkpoint load(String member) {
    Checkpoint checkpoint = ensemble.load(member);
    String expected = features.checkpointFingerprint(member);
    if (checkpoint.fingerprint().equals(expected)) {
      return checkpoint;
    }
    checkpoint.close();
    throw new JourneyException(
        "The features of "
            + member
            + " were made with the checkpoint "
            + Attributor.shorten(expected)
            + ", "
            + ensemble.directory()
            + " has "
            + Attributor.shorten(checkpoint.fingerprint())
            + ": featurize with these checkpoints.");
  }
}
