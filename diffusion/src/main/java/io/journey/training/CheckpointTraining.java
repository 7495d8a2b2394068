package io.journey.training;

import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.model.Checkpoint;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.scheduler.SchedulerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains one member of an ensemble. Every number drawn is named by what it is for (member, step),
 * so that a run continued from {@code resume.safetensors} ends in the same bytes.
 */
final class CheckpointTraining {
  /** Rows of the loss curve average this many steps. */
  private static final int LOSS_WINDOW = 25;

  /**
   * The training settings of every checkpoint of a run.
   *
   * @param saveInterval how much work a kill may lose
   * @param keepsState whether the finished member can be trained on as if it had not been finished
   */
  record Recipe(
      DenoiserConfig architecture,
      TrainingConfig config,
      SchedulerConfig scheduler,
      Duration saveInterval,
      boolean keepsState) {}

  private final StageFiles run;
  private final String name;
  private final Recipe recipe;
  private final TrainingConfig config;
  private final Seed seed;
  private final Function<Seed, StartingPoint.Begun> start;
  private final ClassNames classNames;
  private final Path resumeFile;
  private final TrainingSteps steps;

  /**
   * @param name of the member's folder
   * @param images it is trained on
   * @param recipe how it is trained
   * @param seed of everything random about this member
   * @param start makes of the seed of what is random about its start what it begins with; null:
   *     random weights
   */
  CheckpointTraining(
      StageFiles run,
      String name,
      Dataset data,
      TrainedImages images,
      Recipe recipe,
      Seed seed,
      Function<Seed, StartingPoint.Begun> start) {
    this.run = run;
    this.name = name;
    this.recipe = recipe;
    this.config = recipe.config();
    this.seed = seed;
    this.start = start;
    OptionalInt nullClass = config.nullClass(recipe.architecture());
    this.classNames =
        recipe.architecture().conditioning().isEmpty()
            ? ClassNames.NONE
            : ClassNames.of(data.classNames()).withNullClass(nullClass);
    this.resumeFile = run.path(resumeName(name));
    this.steps = TrainingSteps.of(recipe, data, images, seed);
  }

  /** Trains to the end. */
  void run(Progress.Task progress, Workers.Parts parts) {
    StartingPoint.Begun begun = begin(seed.child("init"));
    TrainingState state = begun.state();
    int first = state == null ? 0 : state.nextStep();
    try (LayeredDenoiser model = begun.model();
        Adam adam = new Adam(config, model.parameters(), first)) {
      config.requireRate(first);
      if (state != null) {
        state.restore(model, adam);
      }
      train(model, adam, first, progress, parts);
    }
    discardResume(run, name);
  }

  private StartingPoint.Begun begin(Seed init) {
    return start == null
        ? new StartingPoint.Begun(recipe.architecture().random(init, ScalarType.Float), null)
        : start.apply(init);
  }

  private void train(
      LayeredDenoiser model, Adam adam, int first, Progress.Task progress, Workers.Parts parts) {
    int end = Math.addExact(first, config.steps());
    float[] losses = new float[config.steps()];
    int start = resume(model, adam, first, losses);
    progress.advance(start - first);
    long saved = System.nanoTime();
    List<DenoisingDraws> images = start < end ? steps.batch(start) : List.of();
    for (int step = start; step < end; step++) {
      try (GradientSum sum = new GradientSum()) {
        if (!images.isEmpty()) {
          steps.take(model, adam, step, images, sum, parts);
        }
        boolean none = images.isEmpty();
        // A GPU is still at work here, until its loss is asked for.
        images = step + 1 < end ? steps.batch(step + 1) : List.of();
        losses[step - first] = none ? losses[Math.max(0, step - first - 1)] : sum.loss();
      }
      requireFinite(losses[step - first], step);
      if (System.nanoTime() - saved > recipe.saveInterval().toNanos()) {
        save(model, adam, losses, step + 1);
        saved = System.nanoTime();
      }
      progress.advance(1);
    }
    write(model, adam, losses, first);
  }

  /** The weights come last: they say that the member is complete. */
  private void write(LayeredDenoiser model, Adam adam, float[] losses, int first) {
    float[] result = adam.result();
    run.write(
        Ensemble.lossFile(name),
        out -> out.write(lossTable(losses, first).getBytes(StandardCharsets.UTF_8)));
    if (recipe.keepsState()) {
      Safetensors.Writer state =
          TrainingState.of(first + config.steps(), model, adam).besides(result);
      run.write(name + "/" + TrainingState.FILE, state::writeTo);
    }
    Checkpoint.write(run, name, model, result, recipe.scheduler(), classNames);
  }

  private void requireFinite(float loss, int step) {
    if (!Float.isFinite(loss)) {
      throw new JourneyException(
          name
              + " diverged: its loss at step "
              + step
              + " is "
              + loss
              + "; train with a learning rate below "
              + config.learningRate()
              + ".");
    }
  }

  private void save(LayeredDenoiser model, Adam adam, float[] losses, int next) {
    Safetensors.Writer writer =
        TrainingState.of(next, model, adam).writer().add("losses", losses, losses.length);
    AtomicFile.write(resumeFile, writer::writeSealedTo);
  }

  /** The next step to be taken: the first, or the one after those that were saved. */
  private int resume(LayeredDenoiser model, Adam adam, int first, float[] losses) {
    if (!Files.exists(resumeFile)) {
      return first;
    }
    String remedy = "delete it, and " + name + " is trained from its start";
    Safetensors file = Safetensors.open(resumeFile);
    file.requireUnchanged(remedy);
    float[] known = file.floats("losses");
    TrainingState state = TrainingState.read(file);
    int done = state.nextStep() - first;
    if (known.length != losses.length || done < 1 || done > losses.length) {
      throw new JourneyException(resumeFile + " is not of this training: " + remedy + ".");
    }
    state.restore(model, adam);
    System.arraycopy(known, 0, losses, 0, losses.length);
    return state.nextStep();
  }

  private static String resumeName(String member) {
    return member + "/" + RunDirectory.RESUME;
  }

  /** Deletes the state of unfinished training. */
  static void discardResume(StageFiles run, String name) {
    AtomicFile.delete(run.path(resumeName(name)));
  }

  private static String lossTable(float[] losses, int first) {
    List<Ensemble.Loss> curve = new ArrayList<>();
    for (int from = 0; from < losses.length; from += LOSS_WINDOW) {
      int to = Math.min(losses.length, from + LOSS_WINDOW);
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += losses[i];
      }
      curve.add(new Ensemble.Loss(first + to, sum / (to - from)));
    }
    return Csv.table(Ensemble.Loss.class, curve);
  }
}
