package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.NamedTensors;
import io.journey.diffusion.NoiseSchedule;
import io.journey.nn.ModuleReader;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.scheduler.SchedulerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Reads checkpoints that have no LoRA: the architecture, its weights, and their schedule. */
final class CheckpointReader {
  private CheckpointReader() {}

  static Checkpoint read(CheckpointSpec spec, ScalarType type) {
    CheckpointFiles files = CheckpointFiles.locate(spec.path());
    WrittenCheckpoint.requireUnchanged(files);
    ObjectNode config = config(files, spec);
    SchedulerConfig scheduler = scheduler(files);
    NoiseSchedule schedule = schedule(scheduler, files);
    if (spec.torchScript()) {
      Denoiser model = TorchScriptDenoiser.load(files.weights(), config, files.config(), type);
      String print = fingerprint(config, scheduler, List.of(files.weights()), "");
      return new Checkpoint(spec.name(), model, schedule, scheduler, print, ClassNames.NONE);
    }
    Stored stored = Stored.of(files, config, spec.part());
    LayeredDenoiser model = stored.model();
    model.parameters().allocate(type);
    try {
      stored.reader().load(model);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    String print =
        fingerprint(
            model.config().toDiffusers(),
            scheduler,
            stored.tensors().files(),
            stored.reader().prefix().replaceAll("\\.$", ""));
    ClassNames names = ClassNames.near(files.config().toAbsolutePath().getParent());
    return new Checkpoint(spec.name(), model, schedule, scheduler, print, names);
  }

  /**
   * A model of layers and its weights in a file, found but not read.
   *
   * @param model has announced its weights
   * @param reader of the set of weights that is read
   * @param sets all sets in the file, by what stands before their names
   */
  private record Stored(
      LayeredDenoiser model, NamedTensors tensors, ModuleReader reader, List<String> sets) {

    /** Looks whether the file has room for the model, before it is built, and for its weights. */
    static Stored of(CheckpointFiles files, ObjectNode json, String part) {
      ForeignWeights.requireTensors(files.weights());
      DenoiserConfig config = Architecture.read(json, files.config().toString());
      String className = config.toDiffusers().path("_class_name").textValue();
      NamedTensors tensors = NamedTensors.open(files.weights());
      long count = ModuleReader.count(tensors);
      if (config.leastWeights() > count) {
        ForeignWeights.refuse(tensors, className);
        throw new JourneyException(
            String.format(
                Locale.ROOT,
                "%s describes a model of at least %.0f weights%s, %s holds %d: put the configuration"
                    + " that belongs to the weights there.",
                files.config(),
                config.leastWeights(),
                config.leastWeights() > Integer.MAX_VALUE
                    ? ", more than the " + Integer.MAX_VALUE + " a model may have"
                    : "",
                tensors.file(),
                count));
      }
      LayeredDenoiser model = config.build();
      WeightSets sets = new WeightSets(model, tensors);
      if (sets.isEmpty()) {
        ForeignWeights.refuse(tensors, className);
      } else if (!sets.hasWhole()) {
        ForeignWeights.refuseFamily(tensors, className);
      }
      return new Stored(model, tensors, sets.choose(part), sets.shown());
    }
  }

  /** Reads the configuration, with the size that the checkpoint's name asks for. */
  private static ObjectNode config(CheckpointFiles files, CheckpointSpec spec) {
    ObjectNode read = Json.read(files.config());
    if (spec.sampleSize() != null) {
      read.set("sample_size", Json.tree(spec.sampleSize()));
    }
    return read;
  }

  static Checkpoint.Usable requireUsable(CheckpointSpec spec) {
    CheckpointFiles files = CheckpointFiles.locate(spec.path());
    ObjectNode json = config(files, spec);
    schedule(scheduler(files), files);
    Stored stored = Stored.of(files, json, spec.part());
    stored.reader().requireFit(stored.model());
    String prefix = stored.reader().prefix();
    return new Checkpoint.Usable(
        stored.model().shape(),
        stored.model().conditioning(),
        stored.reader().count(),
        prefix.isEmpty() ? "" : WeightSets.shown(prefix),
        stored.sets());
  }

  private static String fingerprint(
      ObjectNode config, SchedulerConfig scheduler, List<Path> weights, String part) {
    MessageDigest digest = Checksums.sha256();
    digest.update(Json.bytes(config));
    digest.update(Json.bytes(scheduler.trainingOnly().toDiffusers()));
    for (Path file : weights) {
      digest.update(HexFormat.of().parseHex(Checksums.of(file)));
    }
    digest.update(part.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static SchedulerConfig scheduler(CheckpointFiles files) {
    Path file = files.scheduler();
    return file == null
        ? SchedulerConfig.DEFAULT
        : SchedulerConfig.ofPipeline(Json.readPython(file), pipelineClass(file), file.toString());
  }

  /** Returns the class of the pipeline that a scheduler's file belongs to, or "". */
  private static String pipelineClass(Path scheduler) {
    Path folder = scheduler.toAbsolutePath().getParent();
    for (Path place : new Path[] {folder, folder.getParent()}) {
      if (place != null && CheckpointFiles.isPipeline(place)) {
        return CheckpointFiles.pipelineClass(place);
      }
    }
    return "";
  }

  private static NoiseSchedule schedule(SchedulerConfig scheduler, CheckpointFiles files) {
    try {
      return NoiseSchedule.of(scheduler.forward());
    } catch (IllegalArgumentException e) {
      throw new JourneyException(
          files.scheduler() + " holds no usable schedule: " + e.getMessage() + ".", e);
    }
  }
}
