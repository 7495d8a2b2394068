package io.journey.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Architecture;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LoraConfig;
import io.journey.model.LoraWriter;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.run.Checksums;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import io.journey.run.SettingException;
import io.journey.run.Stage;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.scheduler.SchedulerConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains models as the members of an ensemble were trained, on a part of the data: what checks of
 * attributions compare with.
 *
 * <p>With {@link Coupling#COUPLED} a model shares all randomness with the member of the same number
 * and seed: it starts from the same weights and meets the same images in the same steps with the
 * same noise, minus those left out. What differs between such models is the data alone. Every model
 * takes as many steps as the ensemble's; a step's batch is smaller by what is left out.
 *
 * @param architecture of every model
 * @param training of every model
 * @param scheduler how images are noised and what models predict
 * @param coupling what the models have in common
 * @param seed of all randomness; that of an ensemble, to couple with its members
 * @param saveInterval how much work a kill may lose
 * @param lora pairs that are trained alone; null: all weights are
 * @param base what pairs are put on, or without pairs the checkpoint that models are trained on
 *     from; null: models start from random weights
 */
@RecordBuilder
public record Retraining(
    DenoiserConfig architecture,
    TrainingConfig training,
    SchedulerConfig scheduler,
    Coupling coupling,
    long seed,
    Duration saveInterval,
    LoraConfig lora,
    StartingPoint base)
    implements RetrainingBuilder.With, Serializable {
  /** The randomness that models of different data have in common. */
  public enum Coupling {
    /** Initial weights, order of images, steps and noise. */
    COUPLED,
    /** Nothing. */
    INDEPENDENT
  }

  /** Images a step where it is not known how a checkpoint was trained. */
  private static final int ONWARD_BATCH = 32;

  /** The share of conditions that are dropped then, where the model knows of none. */
  private static final double ONWARD_DROPPED = 0.1;

  public Retraining {
    architecture.requireTrainable();
    NoiseSchedule.of(scheduler.forward());
  }

  /** Models all of whose weights are trained. */
  public Retraining(
      DenoiserConfig architecture,
      TrainingConfig training,
      SchedulerConfig scheduler,
      Coupling coupling,
      long seed,
      Duration saveInterval) {
    this(architecture, training, scheduler, coupling, seed, saveInterval, null, null);
  }

  /**
   * As an ensemble was trained, with its own seed, but on all images that models are given.
   *
   * @throws JourneyException if it does not say how, since it was trained elsewhere, or was trained
   *     on from other checkpoints
   */
  public static Retraining like(Ensemble ensemble, Coupling coupling) {
    Retraining members = ofMembers(ensemble, coupling);
    return members.withTraining(members.training.withFraction(1));
  }

  /**
   * The same of models that are compared with the ensemble's own.
   *
   * @throws JourneyException also if each of these was trained on a part of the images
   */
  public static Retraining besides(Ensemble ensemble, Coupling coupling) {
    Retraining members = ofMembers(ensemble, coupling);
    if (members.training.fraction() < 1) {
      throw new JourneyException(
          ensemble.directory()
              + " has members that were each trained on "
              + members.training.fraction()
              + " of the images, and models without some images are compared with one trained on all:"
              + " train without --fraction.");
    }
    return members;
  }

  /** As the members of an ensemble were trained, on parts of the images if they were. */
  static Retraining ofMembers(Ensemble ensemble, Coupling coupling) {
    Manifest manifest = ensemble.manifest();
    if (manifest == null) {
      throw new JourneyException(
          ensemble.directory()
              + " does not say how it was trained: training again needs the whole directory that journey"
              + " train has made.");
    }
    if (manifest.inputs().has(EnsembleTrainer.FROM)) {
      throw new JourneyException(
          ensemble.directory()
              + " was trained on from other checkpoints, and models trained again would start from"
              + " nothing: check an ensemble that one journey train has made from nothing, perhaps"
              + " one of as many steps.");
    }
    JsonFields settings = manifest.settingFields();
    String where = settings.where();
    return new Retraining(
        Architecture.read(settings.object("model"), where),
        TrainingConfig.of(settings.object("training"), where),
        settings.has("scheduler")
            ? SchedulerConfig.fromDiffusers(settings.object("scheduler"), where)
            : SchedulerConfig.DEFAULT,
        coupling,
        settings.integer("seed"),
        EnsembleTrainer.SAVE_INTERVAL,
        settings.has("lora") ? Json.bind(settings.object("lora"), LoraConfig.class, where) : null,
        settings.has("lora") ? StartingPoint.ofBases(manifest) : null);
  }

  /**
   * Trains on from a checkpoint: for models that were trained elsewhere, or for days. A model that
   * is trained on without some images has seen them before. Settings are those of its training
   * where they are known, but for the learning rate, which falls from its start to zero, and the
   * moving average of weights, of which there is none.
   *
   * @param from the first of its checkpoints; the state of its training is continued where it was
   *     kept
   * @param steps further optimizer steps
   * @param learningRate at the first of them
   * @throws JourneyException if it is a program or has a LoRA
   */
  public static Retraining onward(CheckpointSpec from, int steps, double learningRate) {
    StartingPoint start = StartingPoint.of(from);
    if (start.hasLora()) {
      throw new JourneyException(
          from + " has a LoRA, whose pairs cannot be trained on here: name one without.");
    }
    TrainingConfig training = start.training();
    if (training == null) {
      training =
          TrainingConfig.of(steps, ONWARD_BATCH, learningRate)
              .withDropClasses(start.classNames().nullClass().isPresent() ? ONWARD_DROPPED : 0)
              .withDropCaptions(
                  start.architecture().conditioning().takesCaptions() ? ONWARD_DROPPED : 0);
    }
    return new Retraining(
        start.architecture(),
        training
            .withSteps(steps)
            .withLearningRate(learningRate)
            .withLearningRateSteps(0)
            .withEmaDecay(0),
        start.scheduler(),
        Coupling.COUPLED,
        start.seed(),
        EnsembleTrainer.SAVE_INTERVAL,
        null,
        start);
  }

  /** Returns whether models are trained on from a checkpoint. */
  public boolean isOnward() {
    return base != null && lora == null;
  }

  /** Returns the inputs that the models take. */
  public ModelInputs modelInputs() {
    return ModelInputs.of(
        architecture, ClassNames.NONE.withNullClass(training.nullClass(architecture)));
  }

  /**
   * Returns the stage that trains one model, an ensemble of one in a directory of its own.
   *
   * @param data all examples
   * @param kept those it is trained on
   * @param member the number of the model among those trained on the same examples
   */
  public Stage<Ensemble> model(Dataset data, BitSet kept, int member) {
    return model(data, kept, new BitSet(), member);
  }

  /**
   * Returns the stage that trains one model for which some images count half.
   *
   * @param data all examples
   * @param kept those it is trained on
   * @param halved those among them whose losses have the weight ½ in the mean of their batch
   * @param member the number of the model among those trained on the same examples
   */
  public Stage<Ensemble> model(Dataset data, BitSet kept, BitSet halved, int member) {
    return new Model(this, data, new TrainedImages(kept, halved), member);
  }

  private record Model(Retraining how, Dataset data, TrainedImages images, int member)
      implements FileStage<Ensemble>, Serializable {
    @Override
    public String kind() {
      return Ensemble.KIND;
    }

    @Override
    public Record settings() {
      Settings all = how.settings();
      return new Settings(
          all.count,
          all.seed,
          all.coupling,
          all.model,
          all.training,
          all.scheduler,
          all.lora,
          all.base,
          member);
    }

    @Override
    public ObjectNode inputs() {
      ObjectNode inputs = Json.object();
      inputs.put("whole", data.fingerprint());
      inputs.put("kept_sha256", fingerprint(images.kept(), data.size()));
      if (!images.halved().isEmpty()) {
        inputs.put("halved_sha256", fingerprint(images.halved(), data.size()));
      }
      inputs.put("examples", images.kept().cardinality());
      if (how.isOnward()) {
        return inputs.set(EnsembleTrainer.FROM, how.base.inputs(1));
      }
      return how.base == null ? inputs : inputs.set(Ensemble.BASE, how.base.bases(1));
    }

    @Override
    public void check() {
      how.modelInputs().requireImages(data);
      BitSet kept = images.kept();
      if (kept.isEmpty() || kept.length() > data.size()) {
        throw new SettingException(
            "a model is trained on between 1 and "
                + data.size()
                + " examples of the data, got "
                + kept.cardinality());
      }
    }

    @Override
    public long size() {
      return how.training.steps();
    }

    @Override
    public void write(StageWork work) {
      work.run("Training a model", "steps", List.of(new ModelTask(this)));
    }

    @Override
    public Ensemble open(Path directory) {
      return Ensemble.open(directory);
    }
  }

  private record ModelTask(Model model) implements Task {
    @Override
    public String file() {
      String name = Ensemble.checkpointName(0);
      return model.how.lora == null ? Checkpoint.weightsFile(name) : LoraWriter.file(name);
    }

    @Override
    public long size() {
      return model.how.training.steps();
    }

    @Override
    public void tidy(StageFiles files) {
      CheckpointTraining.discardResume(files, Ensemble.checkpointName(0));
    }

    @Override
    public void run(TaskContext context) {
      Retraining how = model.how;
      new CheckpointTraining(
              context,
              Ensemble.checkpointName(0),
              model.data,
              model.images,
              how.recipe(),
              how.seedOf(model.member, fingerprint(model.images.kept(), model.data.size())),
              how.base == null ? null : init -> how.base.begin(0, how.architecture, how.lora, init))
          .run(context.progress(), context.parts());
    }
  }

  CheckpointTraining.Recipe recipe() {
    return new CheckpointTraining.Recipe(architecture, training, scheduler, saveInterval, false);
  }

  /** Returns the seed of everything random about a member of the ensemble. */
  Seed seedOf(int member) {
    return EnsembleTrainer.seedOf(seed, member);
  }

  /** Returns the model that a member began with. */
  StartingPoint.Begun begin(int member) {
    Seed init = seedOf(member).child("init");
    return base == null
        ? new StartingPoint.Begun(architecture.random(init, ScalarType.Float), null)
        : base.begin(0, architecture, lora, init);
  }

  private Seed seedOf(int member, String examples) {
    Seed ofMember = seedOf(member);
    return coupling == Coupling.COUPLED ? ofMember : ofMember.child("kept").child(examples);
  }

  /**
   * Returns the images that a member of an ensemble was trained on.
   *
   * @param data of the ensemble
   */
  public static BitSet metBy(Ensemble ensemble, Dataset data, int member) {
    Retraining members = ofMembers(ensemble, Coupling.COUPLED);
    BitSet kept = members.training.kept(data.size(), members.seedOf(member));
    if (kept == null) {
      kept = new BitSet(data.size());
      kept.set(0, data.size());
    }
    return kept;
  }

  /**
   * Returns the images that a coupled model on all images meets: where steps are few, not all.
   *
   * @param member the number of the member it is coupled with
   */
  public BitSet met(Dataset data, int member) {
    TrainingBatches batches =
        TrainingSteps.of(recipe(), data, TrainedImages.of(null), seedOf(member)).batches();
    BitSet met = new BitSet(data.size());
    for (int step = 0; step < training.steps() && met.cardinality() < data.size(); step++) {
      Arrays.stream(batches.examples(step)).forEach(met::set);
    }
    return met;
  }

  /**
   * Returns which image a coupled model meets at which step with which noise, in order.
   *
   * @param kept the images it is trained on
   * @param member the number of the member it is coupled with
   */
  public Iterator<LedgerLine> ledger(Dataset data, BitSet kept, int member) {
    TrainingBatches batches =
        TrainingSteps.of(recipe(), data, TrainedImages.of(kept), seedOf(member)).batches();
    return IntStream.range(0, training.steps())
        .boxed()
        .flatMap(step -> batches.ledger(step, !architecture.conditioning().isEmpty()).stream())
        .iterator();
  }

  /**
   * The settings that decide the models, beside their data.
   *
   * @param model as diffusers writes it
   * @param scheduler as diffusers writes it; null: the default
   * @param lora the pairs that are trained alone; null: all weights are
   * @param base the fingerprint of what they are put on, or trained on from; null: models start
   *     from random weights
   * @param checkpoint the number of one model; null: of all
   */
  public record Settings(
      int count,
      long seed,
      Coupling coupling,
      JsonNode model,
      JsonNode training,
      JsonNode scheduler,
      LoraConfig lora,
      String base,
      Integer checkpoint) {}

  /** Returns the settings that decide the models, beside their data. */
  public Settings settings() {
    EnsembleTrainer.Settings one =
        EnsembleTrainer.Settings.of(1, seed, architecture, training, scheduler, lora);
    return new Settings(
        1,
        seed,
        coupling,
        one.model(),
        one.training(),
        one.scheduler(),
        lora,
        base == null ? null : base.fingerprintOfBase(),
        null);
  }

  /** SHA-256 of which examples of a set are kept, in hexadecimal. */
  public static String fingerprint(BitSet kept, int size) {
    byte[] bits = new byte[size];
    kept.stream().forEach(i -> bits[i] = 1);
    return Checksums.of(bits);
  }
}
