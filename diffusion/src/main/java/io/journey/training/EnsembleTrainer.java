package io.journey.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.scheduler.SchedulerConfig;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Trains M models that differ in everything random: start, order of images, steps and noise. Each
 * worker thread trains one member at a time, and helps with the passes of the others' steps when no
 * member is left for it.
 *
 * @param architecture of every member
 * @param training of every member
 * @param members M
 * @param seed of all randomness
 * @param threads members trained at once
 * @param saveInterval how much work a kill may lose
 * @param scheduler how images are noised and what the members predict
 * @param start what the members start from; null: random weights
 */
public record EnsembleTrainer(
    DenoiserConfig architecture,
    TrainingConfig training,
    int members,
    long seed,
    int threads,
    Duration saveInterval,
    SchedulerConfig scheduler,
    StartingPoint start) {
  /** The manifest's name of the checkpoints that members started from. */
  static final String FROM = "from";

  private static final String COUNT = "count";

  /** Work a kill may lose where nothing else is said. */
  public static final Duration SAVE_INTERVAL = Duration.ofSeconds(30);

  public EnsembleTrainer {
    architecture.requireTrainable();
    if (members < 1 || members > Ensemble.MOST_CHECKPOINTS) {
      throw new SettingException(
          "count must be between 1 and " + Ensemble.MOST_CHECKPOINTS + ", got " + members);
    }
    NoiseSchedule.of(scheduler.forward());
    training.nullClass(architecture);
    if (start != null) {
      requireSame(start, architecture, scheduler);
      requireSameNullClass(start, training);
    }
  }

  private static void requireSame(
      StartingPoint start, DenoiserConfig architecture, SchedulerConfig scheduler) {
    // Dropout has no weights: a model that was trained with it may go on without.
    ObjectNode found = start.architecture().toDiffusers().without("dropout");
    String difference =
        Json.difference(found, architecture.toDiffusers().<ObjectNode>without("dropout"));
    if (difference == null) {
      difference =
          Json.difference(
              start.scheduler().trainingOnly().toDiffusers(),
              scheduler.trainingOnly().toDiffusers());
    }
    if (difference != null) {
      throw new SettingException(
          "the checkpoint to start from has "
              + difference
              + ": leave model and scheduler to the checkpoint, or start from another");
    }
  }

  /** A row of the table that stood for a class must not become that of dropped ones, or back. */
  private static void requireSameNullClass(StartingPoint start, TrainingConfig training) {
    boolean known = start.classNames().nullClass().isPresent();
    if (known != training.dropClasses() > 0) {
      throw new SettingException(
          known
              ? "the checkpoint to start from was trained with dropped classes, and this run would"
                  + " drop none: keep --drop-classes above 0"
              : "the checkpoint to start from has no row for dropped classes: leave out"
                  + " --drop-classes, or start from random weights");
    }
  }

  /** Members that start from random weights. */
  public EnsembleTrainer(
      DenoiserConfig architecture,
      TrainingConfig training,
      int members,
      long seed,
      int threads,
      Duration saveInterval,
      SchedulerConfig scheduler) {
    this(architecture, training, members, seed, threads, saveInterval, scheduler, null);
  }

  /** Members that predict ε with the paper's noise schedule. */
  public EnsembleTrainer(
      DenoiserConfig architecture,
      TrainingConfig training,
      int members,
      long seed,
      int threads,
      Duration saveInterval) {
    this(architecture, training, members, seed, threads, saveInterval, SchedulerConfig.DEFAULT);
  }

  /**
   * Trains, or continues, or does nothing where all is done. A directory of fewer members, all else
   * equal, gets those that it lacks: the others stay as they are.
   *
   * @return the finished ensemble
   */
  public Ensemble run(Dataset data, Path directory, Progress progress) {
    ClassNames names = start == null ? ClassNames.NONE : start.classNames();
    ModelInputs inputs =
        ModelInputs.of(architecture, names.withNullClass(training.nullClass(architecture)));
    inputs.requireImages(data);
    inputs.requireAllTimesteps(scheduler.forward().numTrainTimesteps());
    try (RunDirectory run =
        RunDirectory.claimGrowing(
            directory, Ensemble.KIND, COUNT, members, this::settings, m -> inputs(data, m))) {
      if (!run.isFinished()) {
        train(data, run, progress);
      }
    }
    return Ensemble.open(directory);
  }

  private ObjectNode settings(int count) {
    ObjectNode settings = Json.object();
    settings.put(COUNT, count).put("seed", seed);
    settings.set("model", architecture.toDiffusers());
    settings.set("training", training.toJson());
    if (!scheduler.equals(SchedulerConfig.DEFAULT)) {
      settings.set("scheduler", scheduler.toDiffusers());
    }
    return settings;
  }

  private ObjectNode inputs(Dataset data, int count) {
    ObjectNode inputs = Json.object();
    inputs.put("data", data.fingerprint()).put("examples", data.size());
    if (start != null) {
      ObjectNode from = start.inputs(count);
      from.forEach(member -> training.requireRate(member.path(StartingPoint.STEPS).asInt()));
      inputs.set(FROM, from);
    }
    return inputs;
  }

  /** Returns the seed of all that is random about member m of an ensemble. */
  static Seed seedOf(long seed, int member) {
    return Seed.of(seed).child("training").child(Ensemble.checkpointName(member));
  }

  private void train(Dataset data, RunDirectory run, Progress progress) {
    CheckpointTraining.Recipe recipe =
        new CheckpointTraining.Recipe(architecture, training, scheduler, saveInterval, true);
    long total = (long) members * training.steps();
    try (Progress.Task task =
        progress.start("Training " + Counted.of(members, "models"), total, "steps")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEachShared(
              members,
              (m, parts) ->
                  new CheckpointTraining(
                          run,
                          Ensemble.checkpointName(m),
                          data,
                          null,
                          recipe,
                          seedOf(seed, m),
                          start == null ? null : () -> start.load(m))
                      .run(task, parts));
    }
    run.describeData(data.describe());
    ObjectNode timing = Json.object();
    timing.put("data_spec", data.spec()).put("threads", threads);
    timing.put("images_per_second", total * training.batchSize() / run.seconds());
    run.finish(timing);
  }
}
