package io.journey.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Architecture;
import io.journey.model.ClassNames;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.scheduler.SchedulerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;

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
 */
public record Retraining(
    DenoiserConfig architecture,
    TrainingConfig training,
    SchedulerConfig scheduler,
    Coupling coupling,
    long seed,
    Duration saveInterval) {
  /** The randomness that models of different data have in common. */
  public enum Coupling {
    /** Initial weights, order of images, steps and noise. */
    COUPLED,
    /** Nothing. */
    INDEPENDENT
  }

  public Retraining {
    architecture.requireTrainable();
    NoiseSchedule.of(scheduler.forward());
  }

  /**
   * As an ensemble was trained, with its own seed.
   *
   * @throws JourneyException if it does not say how, since it was trained elsewhere, or was trained
   *     on from other checkpoints
   */
  public static Retraining like(Ensemble ensemble, Coupling coupling) {
    Manifest manifest = ensemble.manifest();
    if (manifest == null) {
      throw new JourneyException(
          ensemble.directory()
              + " does not say how it was trained: checks by retraining need an ensemble that"
              + " journey train has made.");
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
        EnsembleTrainer.SAVE_INTERVAL);
  }

  /** Returns the inputs that the models take. */
  public ModelInputs modelInputs() {
    return ModelInputs.of(
        architecture, ClassNames.NONE.withNullClass(training.nullClass(architecture)));
  }

  /** The same with another seed. */
  public Retraining withSeed(long other) {
    return new Retraining(architecture, training, scheduler, coupling, other, saveInterval);
  }

  /**
   * Trains one model, or continues, or does nothing where it is done.
   *
   * @param data all examples
   * @param kept those it is trained on
   * @param member the number of the model among those trained on the same examples
   * @param directory the run directory of this model alone, an ensemble of one
   * @param progress told of optimizer steps
   * @param parts for idle workers to help with
   * @return the ensemble of this model
   */
  public Ensemble train(
      Dataset data,
      BitSet kept,
      int member,
      Path directory,
      Progress.Task progress,
      Workers.Parts parts) {
    modelInputs().requireImages(data);
    if (kept.isEmpty() || kept.length() > data.size()) {
      throw new SettingException(
          "a model is trained on between 1 and "
              + data.size()
              + " examples of the data, got "
              + kept.cardinality());
    }
    String examples = fingerprint(kept, data.size());
    ObjectNode inputs = Json.object();
    inputs.put("whole", data.fingerprint()).put("kept_sha256", examples);
    inputs.put("examples", kept.cardinality());
    try (RunDirectory run =
        RunDirectory.claim(directory, Ensemble.KIND, settings(member), inputs)) {
      if (run.isFinished()) {
        progress.advance(training.steps());
      } else {
        new CheckpointTraining(
                run,
                Ensemble.checkpointName(0),
                data,
                kept,
                new CheckpointTraining.Recipe(
                    architecture, training, scheduler, saveInterval, false),
                seedOf(member, examples),
                null)
            .run(progress, parts);
        run.finish(Json.object());
      }
    }
    return Ensemble.open(directory);
  }

  private Seed seedOf(int member, String examples) {
    Seed ofMember = EnsembleTrainer.seedOf(seed, member);
    return coupling == Coupling.COUPLED ? ofMember : ofMember.child("kept").child(examples);
  }

  /** Returns the settings that decide the models, beside their data. */
  public ObjectNode settings() {
    ObjectNode settings = Json.object();
    settings.put("count", 1).put("seed", seed).put("coupling", coupling.name());
    settings.set("model", architecture.toDiffusers());
    settings.set("training", training.toJson());
    if (!scheduler.equals(SchedulerConfig.DEFAULT)) {
      settings.set("scheduler", scheduler.toDiffusers());
    }
    return settings;
  }

  private ObjectNode settings(int member) {
    return settings().put("checkpoint", member);
  }

  /** SHA-256 of which examples of a set are kept, in hexadecimal. */
  public static String fingerprint(BitSet kept, int size) {
    byte[] bits = new byte[size];
    kept.stream().forEach(i -> bits[i] = 1);
    return HexFormat.of().formatHex(Checksums.sha256().digest(bits));
  }
}
