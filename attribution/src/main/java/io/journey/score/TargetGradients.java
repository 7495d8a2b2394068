package io.journey.score;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.TimestepDistribution;
import io.journey.features.FeatureStore;
import io.journey.features.GradientPipeline;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.PointerScope;

/**
 * Gradients of targets by one checkpoint, projected like those of the training images in a feature
 * store: g_t of Algorithm 1, or that of the training loss of the finished image. Holds the
 * checkpoint and the path of its gradients until it is closed.
 */
final class TargetGradients implements AutoCloseable {
  /** Steps of a target that are one unit of work: few, so that one target occupies all workers. */
  private static final int UNIT = 5;

  /** Draws of an average over steps beside those of one step. */
  private static final int AVERAGED = 5;

  /**
   * Gradients and measurements.
   *
   * @param features g of step s and target j at s·T + j, [S·T][k]
   * @param measurements f of each, [S·T]
   */
  record OfTargets(float[][] features, float[] measurements) {}

  private final Checkpoint checkpoint;
  private final GradientPipeline pipeline;
  private final FeatureStore features;
  private final RunContext context;

  private TargetGradients(
      Checkpoint checkpoint, GradientPipeline pipeline, FeatureStore features, RunContext context) {
    this.checkpoint = checkpoint;
    this.pipeline = pipeline;
    this.features = features;
    this.context = context;
  }

  /**
   * Loads a checkpoint and the path of its gradients.
   *
   * @param features whose projection, function and seed are used
   */
  static TargetGradients open(
      Ensemble ensemble, FeatureStore features, String member, RunContext context) {
    Checkpoint checkpoint = load(ensemble, features, member);
    try {
      ExampleGradients gradients =
          GradientMethod.fasterFor(checkpoint.model())
              .create(checkpoint.model(), checkpoint.schedule(), features.function());
      GradientPipeline pipeline =
          GradientPipeline.of(features, gradients, member, checkpoint.model().parameters());
      return new TargetGradients(checkpoint, pipeline, features, context);
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  /**
   * Loads the checkpoint that features were made with; the caller closes it.
   *
   * @throws JourneyException if the ensemble has another one of that name
   */
  static Checkpoint load(Ensemble ensemble, FeatureStore features, String member) {
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

  /** Returns whether features are shorter than gradients, and so depend on chance. */
  boolean isProjected() {
    return features.isProjected(checkpoint.name());
  }

  /**
   * Computes gradients.
   *
   * @param kind at steps, or averaged over them: then S is 1
   * @param first the number of the first target among all that are asked about
   * @param asked the draws, and the part of each target
   */
  OfTargets of(
      FeatureRequirement.Target kind,
      List<Trajectory> targets,
      int first,
      int[] steps,
      TargetDraws asked) {
    boolean averaged = kind == FeatureRequirement.Target.AVERAGED;
    return compute(
        targets,
        first,
        averaged ? 1 : steps.length,
        asked,
        averaged ? AVERAGED * asked.draws() : asked.draws(),
        target -> s -> draws(kind, target, averaged ? 0 : steps[s], asked));
  }

  /**
   * Returns the draws that a target's gradient is averaged over.
   *
   * @param step t; without meaning for an average over steps
   */
  DenoisingDraws draws(
      FeatureRequirement.Target kind, Trajectory target, int step, TargetDraws asked) {
    return kind == FeatureRequirement.Target.AVERAGED
        ? averaged(target, asked)
        : asked.atStep(checkpoint, target, step);
  }

  private interface DrawsOf {
    IntFunction<DenoisingDraws> of(Trajectory target);
  }

  private OfTargets compute(
      List<Trajectory> targets,
      int first,
      int steps,
      TargetDraws asked,
      int drawsOfEach,
      DrawsOf draws) {
    int count = steps * targets.size();
    float[][] targetFeatures = new float[count][];
    float[] measurements = new float[count];
    String title = "Attributing with " + checkpoint.name();
    try (Progress.Task task =
        context.progress().start(title, (long) count * drawsOfEach, "draws")) {
      int units = (steps + UNIT - 1) / UNIT; // of each target
      context
          .workers()
          .forEach(
              targets.size() * units,
              unit -> {
                int target = unit / units;
                int from = unit % units * UNIT;
                int to = Math.min(steps, from + UNIT);
                IntFunction<DenoisingDraws> ofTarget = draws.of(targets.get(target));
                List<DenoisingDraws> some = new ArrayList<>();
                for (int s = from; s < to; s++) {
                  some.add(ofTarget.apply(s));
                }
                GradientPipeline.Projected part = project(some, asked.mask(first + target));
                for (int s = from; s < to; s++) {
                  targetFeatures[s * targets.size() + target] = part.features()[s - from];
                  measurements[s * targets.size() + target] = part.losses()[s - from];
                }
                task.advance((long) some.size() * drawsOfEach);
              });
    }
    requireFinite(targetFeatures);
    return new OfTargets(targetFeatures, measurements);
  }

  /**
   * Refuses gradients with which nothing can be scored.
   *
   * @throws JourneyException if one is not finite
   */
  void requireFinite(float[][] rows) {
    for (float[] row : rows) {
      for (float value : row) {
        if (!Float.isFinite(value)) {
          throw new JourneyException(
              "A gradient of "
                  + checkpoint.name()
                  + " for a target, projected as in "
                  + features.manifest().directory()
                  + ", is not finite: featurize anew, or train that checkpoint anew.");
        }
      }
    }
  }

  private DenoisingDraws averaged(Trajectory target, TargetDraws asked) {
    return DenoisingDraws.stratified(
        target.image(),
        target.condition(),
        TimestepDistribution.uniform(checkpoint.schedule().steps()),
        asked.noise(checkpoint).child("averaged"),
        AVERAGED * asked.draws());
  }

  /**
   * Computes gradients on the calling worker.
   *
   * @param drawn the part that is asked about; null: the whole
   */
  GradientPipeline.Projected project(List<DenoisingDraws> draws, PixelMask drawn) {
    if (drawn == null) {
      return pipeline.project(draws, null);
    }
    try (PointerScope scope = new PointerScope()) {
      return pipeline.project(draws, drawn.onto(checkpoint.model()));
    }
  }

  @Override
  public void close() {
    pipeline.close();
    checkpoint.close();
  }
}
