package io.journey.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.SchedulerConfig;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.Workers;
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
 */
public record EnsembleTrainer(
    UNet2DConfig architecture,
    TrainingConfig training,
    int members,
    long seed,
    int threads,
    Duration saveInterval,
    SchedulerConfig scheduler) {
  /** Work a kill may lose where nothing else is said. */
  public static final Duration SAVE_INTERVAL = Duration.ofSeconds(30);

  public EnsembleTrainer {
    architecture.requireTrainable();
    if (members < 1 || members > 999) {
      throw new IllegalArgumentException("members must be between 1 and 999, got " + members);
    }
    NoiseSchedule.of(scheduler);
  }

  /** Members that predict ε with the paper's noise schedule. */
  public EnsembleTrainer(
      UNet2DConfig architecture,
      TrainingConfig training,
      int members,
      long seed,
      int threads,
      Duration saveInterval) {
    this(architecture, training, members, seed, threads, saveInterval, SchedulerConfig.DEFAULT);
  }

  /**
   * Trains, or continues, or does nothing where all is done.
   *
   * @return the finished ensemble
   */
  public Ensemble run(Dataset data, Path directory, Progress progress) {
    requireShape(architecture, data);
    ObjectNode settings = Json.object();
    settings.put("members", members).put("seed", seed);
    settings.set("model", architecture.toDiffusers());
    settings.set("training", Json.tree(training));
    if (!scheduler.equals(SchedulerConfig.DEFAULT)) {
      settings.set("scheduler", scheduler.toDiffusers());
    }
    ObjectNode inputs = Json.object();
    inputs.put("data", data.fingerprint()).put("examples", data.size());
    try (RunDirectory run = RunDirectory.claim(directory, Ensemble.KIND, settings, inputs)) {
      if (!run.isFinished()) {
        train(data, run, progress);
      }
    }
    return Ensemble.open(directory);
  }

  /** Refuses images of another shape than the model's. */
  static void requireShape(UNet2DConfig architecture, Dataset data) {
    if (!data.shape().equals(architecture.shape())) {
      throw new IllegalArgumentException(
          "the model takes images of "
              + architecture.shape()
              + ", the data are "
              + data.shape()
              + ": add size="
              + architecture.shape().height()
              + " to the data's name, or change sample_size"
              + " and in_channels");
    }
  }

  /** What is random about member m of an ensemble. */
  static Seed seedOf(long seed, int member) {
    return Seed.of(seed).child("training").child(Ensemble.memberName(member));
  }

  private void train(Dataset data, RunDirectory run, Progress progress) {
    NoiseSchedule schedule = NoiseSchedule.of(scheduler);
    long total = (long) members * training.steps();
    try (Progress.Task task =
        progress.start("Training " + Counted.of(members, "models"), total, "steps")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEachShared(
              members,
              (m, parts) ->
                  new MemberTraining(
                          run,
                          Ensemble.memberName(m),
                          data,
                          null,
                          architecture,
                          training,
                          schedule,
                          seedOf(seed, m),
                          saveInterval)
                      .run(task, parts));
    }
    run.describeData(data.describe());
    ObjectNode timing = Json.object();
    timing.put("data_spec", data.spec()).put("threads", threads);
    timing.put("images_per_second", total * training.batchSize() / run.seconds());
    run.finish(timing);
  }
}
