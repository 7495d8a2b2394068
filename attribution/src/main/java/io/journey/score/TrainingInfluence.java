package io.journey.score;

import static java.util.Objects.requireNonNull;

import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.Stage;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import io.journey.score.ScoringEngine.Scored;
import io.journey.tensor.Libtorch;
import io.journey.training.Retraining;
import io.journey.training.TrainingReplay;
import io.journey.unrolling.BackwardSweep;
import io.journey.unrolling.GradientRows;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * Scores of training images for targets through the training that made the checkpoints ({@link
 * BackwardSweep}): to first order what f_t would gain if an image had never been met, the mean over
 * checkpoints. No features are needed; training is done again, step by step.
 *
 * @param ensemble that {@code journey train} made from nothing, or a LoRA of one
 * @param data what it was trained on
 * @param curvature what stands for the Hessian of the loss
 * @param draws what gradients of targets are averaged over, and the part of each target
 * @param weights of steps; null: there are no scores of the whole trajectory
 * @param saveInterval how much of taking back a kill may lose; of training again it loses all
 */
@RecordBuilder
public record TrainingInfluence(
    Ensemble ensemble,
    Dataset data,
    BackwardSweep.Curvature curvature,
    TargetDraws draws,
    StepWeights weights,
    Duration saveInterval)
    implements TrainingInfluenceBuilder.With, Serializable {
  /** The estimator's name, with random outputs for the Hessian. */
  public static final String NAME = "adamw-influence";

  /** The estimator's name with the Hessian itself. */
  public static final String EXACT = "magic";

  /** Of a sweep whose state is some hundreds of megabytes. */
  private static final Duration SAVE_INTERVAL = Duration.ofMinutes(2);

  /** What questions and their derivatives may take, of all that are asked at once. */
  private static final long BYTES = 3L << 30;

  /** A question's scores, now and before a part of training, for each image. */
  private static final long SCORES = 2;

  /** Questions, as read and as tensors, three derivatives, and that by a step's gradient. */
  private static final int COPIES = 6;

  public TrainingInfluence {
    requireNonNull(curvature, "curvature");
    requireNonNull(draws, "draws");
    requireNonNull(saveInterval, "saveInterval");
    Retraining.like(ensemble, Retraining.Coupling.COUPLED);
    TrainedMembers.requireOwn(ensemble, data);
  }

  /** Returns one with the usual draws of targets. */
  public static TrainingInfluence of(
      Ensemble ensemble, Dataset data, BackwardSweep.Curvature curvature) {
    return new TrainingInfluence(
        ensemble,
        data,
        curvature,
        new TargetDraws(TargetDraws.DEFAULT, 0, List.of()),
        null,
        SAVE_INTERVAL);
  }

  /** Returns the name of the estimator. */
  public String name() {
    return curvature.isExact() ? EXACT : NAME;
  }

  /** Returns the stage that attributes targets, checkpoint by checkpoint. */
  public Stage<Attribution> stage(List<Trajectory> targets, Timesteps steps) {
    return TrainedMembers.stage(asked -> new OfMembers(withDraws(asked)), draws, targets, steps);
  }

  private record OfMembers(TrainingInfluence asked) implements TrainedMembers {
    @Override
    public Ensemble ensemble() {
      return asked.ensemble;
    }

    @Override
    public Dataset data() {
      return asked.data;
    }

    @Override
    public TargetDraws draws() {
      return asked.draws;
    }

    @Override
    public StepWeights weights() {
      return asked.weights;
    }

    @Override
    public Record settings(int[] steps) {
      AttributionSettings settings =
          AttributionSettings.of(asked.name(), asked.draws, steps, asked.weights);
      return asked.curvature.isExact()
          ? settings.withUnit(Attribution.CHANGE) // Random outputs lose its size.
          : settings.withOutputs(asked.curvature.outputs());
    }

    @Override
    public void score(
        String member,
        List<Trajectory> targets,
        int[] steps,
        StageFiles files,
        RunContext context,
        ScoringEngine.Sink sink) {
      float[][] learnt = new float[asked.data.size()][];
      context
          .workers()
          .forEachShared(
              1,
              (unit, parts) -> score(member, targets, steps, files, context, parts, learnt, sink));
      files.write(
          Attribution.checkpointLearntFile(member),
          out -> AttributionStage.writeRows(out, learnt, learnt.length, learnt[0].length));
    }

    private void score(
        String member,
        List<Trajectory> targets,
        int[] steps,
        StageFiles files,
        RunContext context,
        Workers.Parts parts,
        float[][] learnt,
        ScoringEngine.Sink sink) {
      int queries = steps.length * targets.size();
      try (Checkpoint checkpoint = asked.ensemble.load(member);
          TrainingReplay replay = replay(member, context, parts)) {
        long numbers = checkpoint.model().parameters().count();
        long bytes = COPIES * Float.BYTES * numbers + SCORES * Double.BYTES * asked.data.size();
        int together = (int) Math.max(1, Math.min(queries, BYTES / bytes));
        for (int from = 0; from < queries; from += together) {
          int to = Math.min(queries, from + together);
          Questions questions = questions(checkpoint, targets, steps, from, to, context, parts);
          BackwardSweep.Keeping keeping =
              new BackwardSweep.Keeping(
                  files.path(TrainedMembers.resumeFile(member, from)), asked.saveInterval);
          BackwardSweep.Swept swept =
              sweep(member, replay, questions.gradients, keeping, context, parts);
          for (int i = 0; i < learnt.length; i++) {
            learnt[i] = sum(learnt[i], swept.learnt()[i]);
          }
          for (int q = from; q < to; q++) {
            float[] rounded = CheckpointScorer.floats(swept.scores()[q - from]);
            sink.accept(0, q, new Scored(rounded, null, questions.measurements[q - from]));
          }
        }
      }
    }

    private static float[] sum(float[] before, double[] more) {
      float[] sum = before == null ? new float[more.length] : before;
      for (int part = 0; part < sum.length; part++) {
        sum[part] += (float) more[part];
      }
      return sum;
    }

    private TrainingReplay replay(String member, RunContext context, Workers.Parts parts) {
      int steps = Retraining.like(asked.ensemble, Retraining.Coupling.COUPLED).training().steps();
      int number = checkpointNames().indexOf(member);
      try (Progress.Task task =
          context.progress().start("Training " + member + " again", steps, "steps")) {
        return TrainingReplay.of(asked.ensemble, asked.data, number, task, parts);
      }
    }

    private BackwardSweep.Swept sweep(
        String member,
        TrainingReplay replay,
        float[][] gradients,
        BackwardSweep.Keeping keeping,
        RunContext context,
        Workers.Parts parts) {
      String title = "Taking " + Counted.of(gradients.length, "questions") + " back";
      try (Progress.Task task = context.progress().start(title, replay.config().steps(), "steps")) {
        Seed probes = Seed.of(asked.draws.seed()).child("outputs").child(member);
        return new BackwardSweep(replay, asked.curvature, probes, parts)
            .scores(gradients, asked.data.size(), keeping, task);
      }
    }

    /** Gradients of f_t by a checkpoint's weights, [n][p], and f_t itself, [n]. */
    private record Questions(float[][] gradients, float[] measurements) {}

    private Questions questions(
        Checkpoint checkpoint,
        List<Trajectory> targets,
        int[] steps,
        int from,
        int to,
        RunContext context,
        Workers.Parts parts) {
      ExampleGradients gradients =
          GradientMethod.fasterFor(checkpoint.model())
              .create(checkpoint.model(), checkpoint.schedule());
      float[][] rows = new float[to - from][];
      float[] measurements = new float[to - from];
      String title = "Asking " + checkpoint.name();
      try (Progress.Task task =
          context.progress().start(title, (long) rows.length * asked.draws.draws(), "draws")) {
        parts.forEach(
            rows.length,
            i -> {
              int target = (from + i) % targets.size();
              DenoisingDraws drawn =
                  asked.draws.atStep(
                      checkpoint, targets.get(target), steps[(from + i) / targets.size()]);
              PixelMask mask = asked.draws.mask(target);
              try (PointerScope scope = new PointerScope();
                  GradientRows one =
                      GradientRows.of(
                          gradients,
                          checkpoint.model().parameters(),
                          List.of(drawn),
                          mask == null ? null : mask.onto(checkpoint.model()),
                          Workers.Parts.ALONE)) {
                rows[i] = Libtorch.floats(one.rows());
                measurements[i] = one.losses()[0];
              }
              task.advance(asked.draws.draws());
            });
      }
      return new Questions(rows, measurements);
    }
  }
}
