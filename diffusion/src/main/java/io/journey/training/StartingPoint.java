package io.journey.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.model.LoraConfig;
import io.journey.model.LoraPlace;
import io.journey.random.Seed;
import io.journey.run.Checksums;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import io.journey.scheduler.SchedulerConfig;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Checkpoints that members start from in place of random weights: member m from the m-th of an
 * ensemble, or all from a single one. Where the state of their training was kept, it is continued.
 */
public final class StartingPoint implements Serializable {
  /** The manifest's name of the number of steps that were taken before. */
  static final String STEPS = "steps";

  private final CheckpointSpec spec;
  private final Ensemble ensemble;
  private final DenoiserConfig architecture;
  private final SchedulerConfig scheduler;
  private final ClassNames classNames;
  private final boolean hasLora;
  private final List<String> layers;
  private final Map<String, ObjectNode> bases = new HashMap<>();

  private StartingPoint(
      CheckpointSpec spec,
      Ensemble ensemble,
      DenoiserConfig architecture,
      SchedulerConfig scheduler,
      ClassNames classNames,
      boolean hasLora,
      List<String> layers) {
    this.spec = spec;
    this.ensemble = ensemble;
    this.architecture = architecture;
    this.scheduler = scheduler;
    this.classNames = classNames;
    this.hasLora = hasLora;
    this.layers = layers;
  }

  /**
   * The model that the training of a member begins with.
   *
   * @param model who trains it closes it
   * @param state of its training, or null where there was none or it was not kept
   */
  record Begun(LayeredDenoiser model, TrainingState state) {}

  /**
   * Opens an ensemble or a single checkpoint.
   *
   * @throws JourneyException if it is neither, is damaged, or is a program
   */
  public static StartingPoint of(CheckpointSpec spec) {
    return of(Ensemble.open(spec));
  }

  private static StartingPoint of(Ensemble ensemble) {
    CheckpointSpec spec = ensemble.spec();
    try (Checkpoint first = ensemble.first()) {
      if (!(first.model() instanceof LayeredDenoiser model)) {
        throw new JourneyException(
            spec
                + " is a program, which cannot be trained: start from a model of layers, such as a UNet2DModel.");
      }
      StartingPoint start =
          new StartingPoint(
              spec,
              ensemble,
              model.config(),
              first.scheduler(),
              first.classNames(),
              first.hasLora(),
              LoraConfig.layersOf(model));
      if (!first.hasLora()) {
        start.bases.put(start.name(0), LoraPlace.note(start.baseSpec(0), first.fingerprint()));
      }
      return start;
    }
  }

  /**
   * Opens what the pairs of an ensemble are put on.
   *
   * @param manifest of the ensemble
   * @throws JourneyException if it is gone or another, or members have several
   */
  static StartingPoint ofBases(Manifest manifest) {
    ObjectNode all = manifest.inputFields().object(Ensemble.BASE);
    Set<JsonNode> different = new HashSet<>();
    all.forEach(different::add);
    if (different.size() != 1) {
      throw new JourneyException(
          manifest.directory()
              + " has pairs on several checkpoints, and models that are trained again are compared on"
              + " one: check an ensemble whose members were tuned from one.");
    }
    JsonFields one =
        new JsonFields((ObjectNode) different.iterator().next(), manifest.directory().toString());
    StartingPoint base = of(LoraPlace.base(one));
    if (!base.fingerprintOfBase().equals(one.text(LoraPlace.FINGERPRINT))) {
      throw new JourneyException(
          manifest.directory()
              + " was tuned from another checkpoint than "
              + base.spec
              + " holds now: put that back.");
    }
    return base;
  }

  /** Returns the fingerprint of what pairs of the first are put on. */
  String fingerprintOfBase() {
    return base(0).path(LoraPlace.FINGERPRINT).textValue();
  }

  /** The architecture of the first. */
  public DenoiserConfig architecture() {
    return architecture;
  }

  /** How the first was trained to be drawn. */
  public SchedulerConfig scheduler() {
    return scheduler;
  }

  /** The names of the first one's classes, where they are told. */
  public ClassNames classNames() {
    return classNames;
  }

  /** Returns whether the first is one with a LoRA: its pairs alone are trained then. */
  public boolean hasLora() {
    return hasLora;
  }

  /**
   * Refuses pairs on layers that the first does not have.
   *
   * @throws io.journey.run.SettingException if it has no layer of one of the names
   */
  void requireLayers(LoraConfig lora) {
    lora.requireLayers(layers);
  }

  /** How many there are. */
  public int count() {
    return ensemble.checkpointNames().size();
  }

  /** The settings they were trained with, or null where they were trained elsewhere. */
  public TrainingConfig training() {
    return ensemble.manifest() == null
        ? null
        : TrainingConfig.of(
            ensemble.manifest().settingFields().object("training"), spec.toString());
  }

  /** The seed they were trained with, 0 where they were trained elsewhere. */
  public long seed() {
    return ensemble.manifest() == null ? 0 : ensemble.manifest().settingFields().integer("seed");
  }

  /**
   * Returns warnings before training on these data, each a sentence: what had to be chosen or
   * assumed to find the files, and which class gets another name.
   */
  public List<String> notes(Dataset data) {
    List<String> notes = new ArrayList<>(ensemble.notes());
    classNames
        .byNumber()
        .forEach(
            (number, name) -> {
              if (number < data.classNames().size()
                  && !data.classNames().get(number).equals(name)) {
                notes.add(
                    String.format(
                        "Class %d is %s in %s and %s in the data: the new checkpoints call it as"
                            + " the data do.",
                        number, name, spec, data.classNames().get(number)));
              }
            });
    return notes;
  }

  /** Whether the state of the first one's training was kept, so that it is continued. */
  public boolean isContinued() {
    return stateFile(0) != null;
  }

  /**
   * Returns the manifest's entry on the starting points of members 0..count−1.
   *
   * @throws JourneyException if there are fewer, or they differ in architecture
   */
  ObjectNode inputs(int count) {
    ObjectNode inputs = Json.object();
    for (int m = 0; m < count; m++) {
      ObjectNode from = inputs.putObject(Ensemble.checkpointName(m));
      try (Checkpoint checkpoint = open(m)) {
        from.put("checkpoint", checkpoint.fingerprint());
        TrainingState state = stateOf(m, (LayeredDenoiser) checkpoint.model());
        if (state != null) {
          from.put(STEPS, state.nextStep()).put("state", Checksums.of(stateFile(m)));
        }
      }
    }
    return inputs;
  }

  /**
   * Returns the manifest's entry on what the pairs of members 0..count−1 are put on.
   *
   * @throws JourneyException if there are fewer, or they differ in architecture
   */
  ObjectNode bases(int count) {
    ObjectNode all = Json.object();
    for (int m = 0; m < count; m++) {
      all.set(Ensemble.checkpointName(m), base(m));
    }
    return all;
  }

  private synchronized ObjectNode base(int m) {
    ObjectNode known = bases.get(name(m));
    if (known == null) {
      CheckpointSpec base = baseSpec(m);
      try (Checkpoint own = open(m)) {
        known = LoraPlace.note(base, own.fingerprint());
      }
      if (hasLora) {
        try (Checkpoint read = Checkpoint.read(base, ScalarType.Float)) {
          known = LoraPlace.note(base, read.fingerprint());
        }
      }
      bases.put(name(m), known);
    }
    return known;
  }

  private CheckpointSpec baseSpec(int m) {
    CheckpointSpec own = ensemble.spec(name(m));
    LoraPlace place = LoraPlace.of(own);
    return place == null ? own : place.base();
  }

  /** Returns the encoders that pairs find with what they are put on. */
  Encoders encodersOfBase() {
    return Encoders.of(baseSpec(0));
  }

  /**
   * Makes the model that member m begins with.
   *
   * @param as its architecture, which may differ in what has no weights
   * @param lora pairs to put on it; null: it is trained as it is, with the pairs it has
   * @param init the seed of what is random about it
   */
  Begun begin(int m, DenoiserConfig as, LoraConfig lora, Seed init) {
    Checkpoint checkpoint = open(m);
    try {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      if (lora != null) {
        lora.adapt(model, init);
        return new Begun(model, null);
      }
      TrainingState state = stateOf(m, model);
      if (hasLora) {
        return new Begun(model, state);
      }
      LayeredDenoiser own = as.random(init, ScalarType.Float);
      own.parameters().set(model.parameters().get());
      model.close();
      return new Begun(own, state);
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private Checkpoint open(int m) {
    Checkpoint checkpoint = ensemble.load(name(m), ScalarType.Float);
    if (checkpoint.model() instanceof LayeredDenoiser model
        && model.config().equals(architecture)
        && checkpoint.hasLora() == hasLora) {
      return checkpoint;
    }
    checkpoint.close();
    throw new JourneyException(
        spec
            + " has models of different architectures ("
            + name(0)
            + ", "
            + name(m)
            + "): start from each by itself.");
  }

  private String name(int m) {
    List<String> members = ensemble.checkpointNames();
    if (members.size() > 1 && m >= members.size()) {
      throw new JourneyException(
          spec
              + " has "
              + Counted.of(members.size(), "checkpoints")
              + ", checkpoint "
              + m
              + " has none to start from: ask for as many checkpoints, or start from a single"
              + " checkpoint.");
    }
    return members.get(members.size() == 1 ? 0 : m);
  }

  private TrainingState stateOf(int m, LayeredDenoiser model) {
    Path file = stateFile(m);
    return file == null ? null : TrainingState.besides(file, model.parameters().get());
  }

  /** The file of a kept state, compared with its checksum where there is one, or null. */
  private Path stateFile(int m) {
    String inRun = name(m) + "/" + TrainingState.FILE;
    if (ensemble.manifest() != null) {
      return ensemble.manifest().lists(inRun) ? ensemble.manifest().verified(inRun) : null;
    }
    Path folder = ensemble.spec(name(m)).path();
    return Files.isDirectory(folder) && Confined.exists(folder, TrainingState.FILE)
        ? Confined.file(folder, TrainingState.FILE)
        : null;
  }

  /** Another process opens it itself. */
  private Object writeReplace() {
    return new Place(ensemble);
  }

  private record Place(Ensemble ensemble) implements Serializable {
    private Object readResolve() {
      return of(ensemble);
    }
  }
}
