package io.journey.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.diffusion.NoiseSchedule;
import io.journey.encoding.Encoders;
import io.journey.encoding.Encoding;
import io.journey.model.Checkpoint;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LoraConfig;
import io.journey.model.LoraWriter;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.GrowingStage;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.scheduler.SchedulerConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains M models that differ in everything random: start, order of images, steps and noise. Each
 * worker thread trains one member at a time, and helps with the passes of the others' steps when no
 * member is left for it.
 *
 * @param data what they are trained on
 * @param architecture of every member
 * @param training of every member
 * @param members M
 * @param seed of all randomness
 * @param saveInterval how much work a kill may lose
 * @param scheduler how images are noised and what the members predict
 * @param start what the members start from; null: random weights
 * @param encoding makes of pictures what the members are trained on, a part of the directory; null:
 *     that is {@code data} itself
 * @param lora pairs that are put on what members start from, and trained alone; null: all weights
 *     are, or the pairs that are there
 */
@RecordBuilder
public record EnsembleTrainer(
    Dataset data,
    DenoiserConfig architecture,
    TrainingConfig training,
    int members,
    long seed,
    Duration saveInterval,
    SchedulerConfig scheduler,
    StartingPoint start,
    Encoding encoding,
    LoraConfig lora)
    implements EnsembleTrainerBuilder.With, GrowingStage<Ensemble>, Serializable {
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
    if (lora != null && (start == null || start.hasLora())) {
      throw new SettingException(
          start == null
              ? "a LoRA is trained on a checkpoint: name one, as with --from SPEC"
              : "the checkpoint to start from has a LoRA already: leave --lora out to train it on, or"
                  + " start from its base");
    }
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

  /** Members that are trained on the data as they are. */
  public EnsembleTrainer(
      Dataset data,
      DenoiserConfig architecture,
      TrainingConfig training,
      int members,
      long seed,
      Duration saveInterval,
      SchedulerConfig scheduler,
      StartingPoint start) {
    this(data, architecture, training, members, seed, saveInterval, scheduler, start, null, null);
  }

  /** Members that start from random weights. */
  public EnsembleTrainer(
      Dataset data,
      DenoiserConfig architecture,
      TrainingConfig training,
      int members,
      long seed,
      Duration saveInterval,
      SchedulerConfig scheduler) {
    this(data, architecture, training, members, seed, saveInterval, scheduler, null, null, null);
  }

  /** Members that predict ε with the paper's noise schedule. */
  public EnsembleTrainer(
      Dataset data,
      DenoiserConfig architecture,
      TrainingConfig training,
      int members,
      long seed,
      Duration saveInterval) {
    this(data, architecture, training, members, seed, saveInterval, SchedulerConfig.DEFAULT);
  }

  /**
   * The settings in a manifest.
   *
   * @param model of every member, as diffusers writes it
   * @param scheduler as diffusers writes it; null: the default
   * @param lora the pairs that are trained alone; null: others are
   */
  record Settings(
      int count,
      long seed,
      JsonNode model,
      JsonNode training,
      JsonNode scheduler,
      LoraConfig lora) {
    static Settings of(
        int count,
        long seed,
        DenoiserConfig architecture,
        TrainingConfig training,
        SchedulerConfig scheduler,
        LoraConfig lora) {
      return new Settings(
          count,
          seed,
          architecture.toDiffusers(),
          training.toJson(),
          scheduler.equals(SchedulerConfig.DEFAULT) ? null : scheduler.toDiffusers(),
          lora);
    }
  }

  @Override
  public String kind() {
    return Ensemble.KIND;
  }

  @Override
  public String unitsSetting() {
    return COUNT;
  }

  @Override
  public int units() {
    return members;
  }

  @Override
  public EnsembleTrainer withUnits(int count) {
    return withMembers(count);
  }

  @Override
  public Record settings() {
    return Settings.of(members, seed, architecture, training, scheduler, lora);
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = encoding == null ? data.inputs() : encoding.dataInputs();
    if (trainsPairs()) {
      inputs.set(Ensemble.BASE, start.bases(members));
    }
    if (start != null && lora == null) {
      ObjectNode from = start.inputs(members);
      from.forEach(member -> training.requireRate(member.path(StartingPoint.STEPS).asInt()));
      inputs.set(FROM, from);
    }
    return inputs;
  }

  /** Returns whether members are pairs alone, on checkpoints that stay where they are. */
  private boolean trainsPairs() {
    return start != null && (lora != null || start.hasLora());
  }

  @Override
  public void check() {
    ClassNames names = start == null ? ClassNames.NONE : start.classNames();
    ModelInputs inputs =
        ModelInputs.of(architecture, names.withNullClass(training.nullClass(architecture)));
    if (encoding == null) {
      inputs.requireImages(data);
    } else {
      encoding.requireTakenBy(inputs);
    }
    boolean hasStates = encoding == null ? !data.captionsOf(0).isEmpty() : encoding.hasStates();
    if (inputs.conditioning().takesCaptions() && !hasStates) {
      throw new SettingException(
          "the model takes captions: name what encodes them, as with --text-encoder DIR");
    }
    if (training.horizontalFlip() && encoding != null && encoding.hasLatents()) {
      throw new SettingException(
          "training.horizontalFlip mirrors pictures, and a mirrored latent is no picture's: set it"
              + " to false");
    }
    inputs.requireAllTimesteps(scheduler.forward().numTrainTimesteps());
    if (start != null && lora != null) {
      start.requireLayers(lora);
    }
  }

  /** Returns the seed of all that is random about member m of an ensemble. */
  static Seed seedOf(long seed, int member) {
    return Seed.of(seed).child("training").child(Ensemble.checkpointName(member));
  }

  @Override
  public void write(StageWork work) {
    EnsembleTrainer onData = this;
    if (encoding != null) {
      Encoders there = trainsPairs() ? start.encodersOfBase() : Encoders.NONE;
      encoding.encoders().without(there).writeTo(work);
      onData = with().data(work.run(encoding, Encoding.FOLDER)).encoding(null).build();
    }
    List<MemberTask> tasks = onData.tasks();
    work.run("Training " + Counted.of(members, "models"), "steps", tasks);
    work.describeData(data.describe());
    work.timing().put("data_spec", data.spec());
    long images = (long) members * training.steps() * training.batchSize();
    work.timing().put("images_per_second", images / work.seconds());
  }

  private List<MemberTask> tasks() {
    return IntStream.range(0, members).mapToObj(m -> new MemberTask(this, m)).toList();
  }

  /** The training of one member. */
  private record MemberTask(EnsembleTrainer trainer, int member) implements Task {
    @Override
    public String file() {
      String name = Ensemble.checkpointName(member);
      return trainer.trainsPairs() ? LoraWriter.file(name) : Checkpoint.weightsFile(name);
    }

    @Override
    public long size() {
      return trainer.training.steps();
    }

    @Override
    public void tidy(StageFiles files) {
      CheckpointTraining.discardResume(files, Ensemble.checkpointName(member));
    }

    @Override
    public void run(TaskContext context) {
      StartingPoint start = trainer.start;
      Seed seed = seedOf(trainer.seed, member);
      new CheckpointTraining(
              context,
              Ensemble.checkpointName(member),
              trainer.data,
              TrainedImages.of(trainer.training.kept(trainer.data.size(), seed)),
              new CheckpointTraining.Recipe(
                  trainer.architecture,
                  trainer.training,
                  trainer.scheduler,
                  trainer.saveInterval,
                  true),
              seed,
              start == null
                  ? null
                  : init -> start.begin(member, trainer.architecture, trainer.lora, init))
          .run(context.progress(), context.parts());
    }
  }

  @Override
  public Ensemble open(Path directory) {
    return Ensemble.open(directory);
  }
}
