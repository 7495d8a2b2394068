package io.journey.score;

import static java.util.Objects.requireNonNull;

import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.AtomicFile;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.Stage;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import io.journey.score.ScoringEngine.Scored;
import io.journey.training.FineTuning;
import io.journey.unlearning.ImageLosses;
import io.journey.unlearning.Question;
import io.journey.unlearning.Unlearning;
import io.journey.unlearning.UnlearningConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * Scores of training images for targets by unlearning (MUCS, step by step): of every target and
 * step a copy of the checkpoint unlearns f_t ({@link Unlearning}), and an image's score is how much
 * of it is lost with that ({@link ImageLosses}), the mean over checkpoints. No features are needed.
 * A score ranks images and has no unit.
 *
 * @param ensemble that {@code journey train} made from nothing
 * @param data what it was trained on
 * @param config how questions are unlearned
 * @param draws what f_t is averaged over, and the part of each target; its seed is that of all
 *     randomness
 */
@RecordBuilder
public record UnlearningInfluence(
    Ensemble ensemble, Dataset data, UnlearningConfig config, TargetDraws draws)
    implements UnlearningInfluenceBuilder.With, Serializable {
  /** The estimator's name. */
  public static final String NAME = "mucs";

  /**
   * @throws JourneyException if the ensemble does not say how it was trained, was trained on from
   *     other checkpoints or on other images, or is a LoRA's pairs
   */
  public UnlearningInfluence {
    requireNonNull(config, "config");
    requireNonNull(draws, "draws");
    FineTuning.OfMembers.of(ensemble, data, config.rate());
    TrainedMembers.requireOwn(ensemble, data);
  }

  /** Returns one with the usual draws of targets. */
  public static UnlearningInfluence of(Ensemble ensemble, Dataset data, UnlearningConfig config) {
    return new UnlearningInfluence(
        ensemble, data, config, new TargetDraws(TargetDraws.DEFAULT, 0, List.of()));
  }

  /** Returns the stage that attributes targets, question by question. */
  public Stage<Attribution> stage(List<Trajectory> targets, Timesteps steps) {
    return TrainedMembers.stage(asked -> new OfMembers(withDraws(asked)), draws, targets, steps);
  }

  /**
   * What unlearning a question came to, a line of a table.
   *
   * @param untrained f_t of the untrained model
   * @param before f_t of the checkpoint
   * @param after f_t of its copy in the end
   * @param steps training steps that were taken
   * @param reached whether f_t rose as far as was asked for
   */
  public record Outcome(
      int target,
      int timestep,
      @Csv.Format("%.9g") double untrained,
      @Csv.Format("%.9g") double before,
      @Csv.Format("%.9g") double after,
      int steps,
      boolean reached) {}

  /**
   * Reads what unlearning came to, of all checkpoints, targets and steps.
   *
   * @param attribution that the stage has written
   */
  public static List<Outcome> outcomes(Attribution attribution) {
    List<Outcome> all = new ArrayList<>();
    for (String member : attribution.checkpointNames()) {
      Path file = attribution.manifest().verified(outcomesFile(member));
      try {
        all.addAll(
            Csv.read(
                Outcome.class,
                Files.readString(file),
                file.toString(),
                "make the attribution again"));
      } catch (IOException e) {
        throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
      }
    }
    return all;
  }

  /** Returns the file of what unlearning a checkpoint's questions came to. */
  static String outcomesFile(String member) {
    return member + ".unlearning.csv";
  }

  private record OfMembers(UnlearningInfluence asked) implements TrainedMembers {
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
      return null;
    }

    @Override
    public Record settings(int[] steps) {
      return AttributionSettings.of(NAME, asked.draws, steps, null).withUnlearning(asked.config);
    }

    @Override
    public void score(
        String member,
        List<Trajectory> targets,
        int[] steps,
        StageFiles files,
        RunContext context,
        ScoringEngine.Sink sink) {
      Answer[] answers = new Answer[steps.length * targets.size()];
      try (Checkpoint checkpoint = asked.ensemble.load(member)) {
        OfMember ofMember = OfMember.of(asked, checkpoint, context);
        String title = "Unlearning with " + member;
        try (Progress.Task task = context.progress().start(title, answers.length, "questions")) {
          context
              .workers()
              .forEachShared(
                  answers.length,
                  (q, parts) -> {
                    answers[q] =
                        keptOr(
                            files.path(TrainedMembers.resumeFile(member, q)),
                            () ->
                                ofMember.answer(
                                    targets.get(q % targets.size()),
                                    steps[q / targets.size()],
                                    asked.draws.mask(q % targets.size()),
                                    parts));
                    task.advance(1);
                  });
        }
      }
      List<Outcome> table = new ArrayList<>();
      for (int q = 0; q < answers.length; q++) {
        Unlearning come = answers[q].come;
        sink.accept(0, q, new Scored(answers[q].scores, null, come.before()));
        table.add(
            new Outcome(
                q % targets.size(),
                steps[q / targets.size()],
                come.untrained(),
                come.before(),
                come.after(),
                come.steps(),
                come.isReached(asked.config.stop())));
      }
      String text = Csv.table(Outcome.class, table);
      files.write(outcomesFile(member), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private interface Asking {
      Answer answer();
    }

    /** An answer that was kept before an interruption, or a new one, which is kept. */
    private Answer keptOr(Path file, Asking asking) {
      if (Files.exists(file)) {
        return Answer.read(file, asked.data.size());
      }
      Answer answer = asking.answer();
      AtomicFile.write(file, answer.writer()::writeSealedTo);
      return answer;
    }
  }

  /** The answer to a question: the scores, and what unlearning came to. */
  private record Answer(float[] scores, Unlearning come) {
    Safetensors.Writer writer() {
      return new Safetensors.Writer()
          .add("scores", scores, scores.length)
          .add("losses", new float[] {come.untrained(), come.before(), come.after()}, 3)
          .add("steps", new long[] {come.steps()}, 1);
    }

    static Answer read(Path path, int examples) {
      String remedy = "delete it, and its question is asked again";
      Safetensors file = Safetensors.open(path);
      file.requireUnchanged(remedy);
      float[] scores = file.floats("scores");
      float[] losses = file.floats("losses");
      long[] steps = file.longs("steps");
      if (scores.length != examples || losses.length != 3 || steps.length != 1) {
        throw new JourneyException(path + " is not of this attribution: " + remedy + ".");
      }
      return new Answer(
          scores, new Unlearning(losses[0], losses[1], losses[2], Math.toIntExact(steps[0])));
    }
  }

  /**
   * What all questions about a checkpoint share.
   *
   * @param weights of the checkpoint, [p]
   * @param losses of training images
   * @param before what they are with the checkpoint
   * @param seed of all that is random about its questions
   */
  private record OfMember(
      UnlearningInfluence asked,
      Checkpoint checkpoint,
      float[] weights,
      FineTuning.OfMembers training,
      ImageLosses losses,
      float[] before,
      Seed seed) {
    static OfMember of(UnlearningInfluence asked, Checkpoint checkpoint, RunContext context) {
      Seed seed = Seed.of(asked.draws.seed()).child("unlearning").child(checkpoint.name());
      ImageLosses losses =
          ImageLosses.of(
              asked.data, checkpoint.schedule(), seed.child("images"), asked.config.imageDraws());
      float[][] before = new float[1][];
      context
          .workers()
          .forEachShared(1, (unit, parts) -> before[0] = losses.of(checkpoint.model(), parts));
      return new OfMember(
          asked,
          checkpoint,
          checkpoint.model().parameters().get(),
          FineTuning.OfMembers.of(asked.ensemble, asked.data, asked.config.rate()),
          losses,
          before[0],
          seed);
    }

    Answer answer(Trajectory target, int step, PixelMask mask, Workers.Parts parts) {
      Seed batches = seed.child("batches").child(target.seed()).child(step);
      int number = asked.ensemble.checkpointNames().indexOf(checkpoint.name());
      try (PointerScope scope = new PointerScope();
          FineTuning tuned = training.begin(number, batches)) {
        Question question =
            new Question(
                asked.draws.atStep(checkpoint, target, step),
                mask == null ? null : mask.onto(checkpoint.model()),
                checkpoint.schedule());
        Unlearning come = Unlearning.of(tuned, weights, question, asked.config, parts);
        return new Answer(losses.lost(before, tuned.model(), parts), come);
      }
    }
  }
}
