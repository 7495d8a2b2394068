package io.journey.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.run.Checksums;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.scheduler.SchedulerConfig;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private StartingPoint(
      CheckpointSpec spec,
      Ensemble ensemble,
      DenoiserConfig architecture,
      SchedulerConfig scheduler,
      ClassNames classNames) {
    this.spec = spec;
    this.ensemble = ensemble;
    this.architecture = architecture;
    this.scheduler = scheduler;
    this.classNames = classNames;
  }

  /**
   * The weights and the state that a member starts from.
   *
   * @param weights those of the checkpoint, [p]
   * @param state of its training, or null where it was not kept
   */
  record Loaded(float[] weights, TrainingState state) {}

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
      return new StartingPoint(
          spec, ensemble, model.config(), first.scheduler(), first.classNames());
    }
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

  /** Loads what member m starts from. */
  Loaded load(int m) {
    try (Checkpoint checkpoint = open(m)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      return new Loaded(model.parameters().get(), stateOf(m, model));
    }
  }

  private Checkpoint open(int m) {
    Checkpoint checkpoint = ensemble.load(name(m), ScalarType.Float);
    if (checkpoint.model() instanceof LayeredDenoiser model
        && model.config().equals(architecture)) {
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
