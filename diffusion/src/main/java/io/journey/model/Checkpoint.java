package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.NamedTensors;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.nn.ModuleReader;
import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import io.journey.run.DiffusersJson;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.scheduler.DdpmScheduler;
import io.journey.scheduler.SchedulerConfig;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A trained model with the schedule it was trained for, kept as a diffusers pipeline folder: {@code
 * unet/config.json}, {@code unet/diffusion_pytorch_model.safetensors} and {@code
 * scheduler/scheduler_config.json}.
 *
 * @param name of the member of an ensemble, such as {@code member-000}
 * @param model what predicts; closed with this checkpoint
 * @param schedule ᾱ_t, and what the model predicts
 * @param scheduler the schedule's settings, and how images are to be drawn
 * @param fingerprint SHA-256 of architecture, training schedule and weights; how images are drawn
 *     is no part of it
 * @param classNames of the model's classes, where they are told
 */
public record Checkpoint(
    String name,
    Denoiser model,
    NoiseSchedule schedule,
    SchedulerConfig scheduler,
    String fingerprint,
    ClassNames classNames)
    implements AutoCloseable {
  /** The file of the weights in the model's own folder. */
  public static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  /** Rows of one forward pass of {@link #losses}. */
  private static final int LOSS_ROWS = BatchSizes.LOSSES;

  private static final String CONFIG = CheckpointFiles.CONFIG;
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  /** A model drawn by DDPM, whose classes have no names. */
  public Checkpoint(String name, Denoiser model, NoiseSchedule schedule, String fingerprint) {
    this(
        name,
        model,
        schedule,
        SchedulerConfig.of(schedule.forward(), new DdpmScheduler()),
        fingerprint,
        ClassNames.NONE);
  }

  /** Writes a model as a pipeline folder called {@code name} inside a run, in float32. */
  public static void write(
      StageFiles run,
      String name,
      LayeredDenoiser model,
      float[] weights,
      SchedulerConfig scheduler,
      ClassNames classNames) {
    BiConsumer<String, AtomicFile.Content> files =
        (file, content) -> run.write(name + "/" + file, content);
    write(
        files,
        model,
        weights,
        pipelineIndex(model.config(), scheduler, classNames),
        scheduler,
        DType.F32,
        Long.MAX_VALUE);
  }

  /** Writes this checkpoint as a pipeline folder without other parts. */
  public void export(Path folder, DType dtype, long maxShardBytes) {
    export(folder, dtype, maxShardBytes, PipelineParts.NONE);
  }

  /**
   * Writes this checkpoint as a pipeline folder that diffusers opens. An export that was
   * interrupted is continued.
   *
   * @param folder absent, empty, or with a part of this export
   * @param dtype F32, F16 or BF16
   * @param maxShardBytes most bytes of weights in one file
   * @param parts what else the pipeline has
   * @throws JourneyException if the folder holds anything else, or the model is a program
   */
  public void export(Path folder, DType dtype, long maxShardBytes, PipelineParts parts) {
    if (!(model instanceof LayeredDenoiser layered)) {
      throw new JourneyException(
          name + " is a program, expected a model of layers: only that has a diffusers form.");
    }
    requireNoLora(layered);
    if (!Set.of(DType.F32, DType.F16, DType.BF16).contains(dtype) || maxShardBytes < 1) {
      throw new SettingException(
          "weights are written as F32, F16 or BF16 in files of at least 1 byte, got "
              + dtype
              + " and "
              + maxShardBytes);
    }
    ObjectNode index = pipelineIndex(layered.config(), scheduler, classNames);
    parts.addTo(index);
    Map<String, AtomicFile.Content> files = new LinkedHashMap<>(parts.files());
    write(files::put, layered, layered.parameters().get(), index, scheduler, dtype, maxShardBytes);
    ExportedFolder.write(folder, files);
  }

  private static void write(
      BiConsumer<String, AtomicFile.Content> files,
      LayeredDenoiser model,
      float[] weights,
      ObjectNode index,
      SchedulerConfig scheduler,
      DType dtype,
      long maxShardBytes) {
    files.accept(ClassNames.INDEX, out -> out.write(Json.bytes(index)));
    files.accept(SCHEDULER, out -> out.write(Json.bytes(scheduler.toDiffusers())));
    files.accept("unet/" + CONFIG, out -> out.write(Json.bytes(model.config().toDiffusers())));
    new WeightsWriter(
            (file, content) -> files.accept("unet/" + file, content), dtype, maxShardBytes)
        .write(model.parameters().stored(), weights);
  }

  /** The file whose presence says that a member is complete; written last. */
  public static String weightsFile(String name) {
    return name + "/unet/" + WEIGHTS;
  }

  private static ObjectNode pipelineIndex(
      DenoiserConfig config, SchedulerConfig scheduler, ClassNames classNames) {
    ObjectNode json = DiffusersJson.object(scheduler.pipelineName());
    json.putArray("scheduler").add("diffusers").add(scheduler.className());
    json.putArray("unet")
        .add("diffusers")
        .add(config.toDiffusers().path("_class_name").textValue());
    classNames.addTo(json);
    return json;
  }

  /** Reads a checkpoint in float32. */
  public static Checkpoint read(Path path) {
    return read(CheckpointSpec.of(path), ScalarType.Float);
  }

  /** Reads a checkpoint. */
  public static Checkpoint read(Path path, ScalarType type) {
    return read(CheckpointSpec.of(path), type);
  }

  /**
   * Reads a checkpoint.
   *
   * @param spec a pipeline folder, the model's own folder, or a file of weights or a program
   * @throws JourneyException if it is missing, damaged, of another architecture, or not finite; if
   *     {@code journey train} wrote it, also if any file is not as it was written
   */
  public static Checkpoint read(CheckpointSpec spec, ScalarType type) {
    CheckpointFiles files = CheckpointFiles.locate(spec.path());
    WrittenCheckpoint.requireUnchanged(files);
    ObjectNode config = Json.read(files.config());
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

  /**
   * A model of layers that can be used, as far as headers say.
   *
   * @param images their shape
   * @param weights how many numbers its weights have
   * @param set what stands before their names, or ""
   * @param sets all sets in the file
   */
  public record Usable(ImageShape images, long weights, String set, List<String> sets) {}

  /**
   * Looks whether sampling, training and attribution can use a model of layers, as far as its
   * configuration and the names, types and shapes of its tensors say; the numbers are not read.
   *
   * @param spec a pipeline folder, the model's own folder, or a file of weights
   * @throws JourneyException saying why it cannot be used
   */
  public static Usable requireUsable(CheckpointSpec spec) {
    CheckpointFiles files = CheckpointFiles.locate(spec.path());
    ObjectNode json = Json.read(files.config());
    schedule(scheduler(files), files);
    Stored stored = Stored.of(files, json, spec.part());
    stored.reader().requireFit(stored.model());
    String prefix = stored.reader().prefix();
    return new Usable(
        stored.model().shape(),
        stored.reader().count(),
        prefix.isEmpty() ? "" : WeightSets.shown(prefix),
        stored.sets());
  }

  /**
   * Puts a LoRA on the model: θ is its pairs from now on, and all weights of the model are
   * constants.
   *
   * @return this checkpoint with the LoRA; it takes over the model, which is closed with it
   * @throws JourneyException if it is a LoRA of another model, or not finite, or the model is a
   *     program or has one; then nothing is changed
   */
  public Checkpoint withLora(LoraFile lora) {
    new LoraFit(lora, LoraFile.Part.UNET, adaptable()).adapt(model.parameters());
    return of("with the LoRA", lora);
  }

  /**
   * Adds a LoRA to the weights of the model, all of which stay in θ.
   *
   * @return this checkpoint with the LoRA; it takes over the model, which is closed with it
   * @throws JourneyException as {@link #withLora} does
   */
  public Checkpoint mergedWith(LoraFile lora) {
    lora.merge(LoraFile.Part.UNET, adaptable());
    return of("merged with the LoRA", lora);
  }

  private LayeredDenoiser adaptable() {
    if (!(model instanceof LayeredDenoiser layered)) {
      throw new JourneyException(
          name + " is a program, expected a model of layers: a LoRA changes layers by name.");
    }
    requireNoLora(layered);
    return layered;
  }

  private void requireNoLora(LayeredDenoiser layered) {
    if (LoraWriter.hasPairs(layered)) {
      throw new JourneyException(
          name + " has a LoRA, expected a model without: merge it, or write the LoRA alone.");
    }
  }

  private Checkpoint of(String how, LoraFile lora) {
    MessageDigest digest = Checksums.sha256();
    for (String part : List.of(fingerprint, how, lora.fingerprint())) {
      digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
    }
    String print = HexFormat.of().formatHex(digest.digest());
    return new Checkpoint(name, model, schedule, scheduler, print, classNames);
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
      if (place != null && Files.isRegularFile(place.resolve(ClassNames.INDEX))) {
        return Json.readPython(place.resolve(ClassNames.INDEX)).path("_class_name").asText();
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

  /**
   * The mean loss of each image over its draws, without gradients. Some images at a time, in their
   * order, so that the same list gives the same bytes.
   *
   * @param images all with as many draws
   * @return [images]
   */
  public float[] losses(List<DenoisingDraws> images) {
    float[] losses = new float[images.size()];
    int group = Math.max(1, LOSS_ROWS / images.get(0).count());
    for (int from = 0; from < losses.length; from += group) {
      int to = Math.min(losses.length, from + group);
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        List<DenoisingDraws> some = images.subList(from, to);
        DenoisingBatch batch =
            DenoisingBatch.of(some, model.shape(), schedule, model.parameters().type());
        Tensor predicted = model.predict(batch.input());
        Tensor ofRows = DenoisingLoss.perRow(predicted, batch, null);
        Libtorch.floats(
            ofRows.view(some.get(0).count(), some.size()).mean(new long[] {0}), losses, from);
      }
    }
    return losses;
  }

  /**
   * Returns the inputs that the model takes.
   *
   * @throws JourneyException if it does not tell the shape of its images
   */
  public ModelInputs inputs() {
    return new ModelInputs(
        "checkpoint " + name,
        model.shape(),
        classNames.ofImages(model.conditioning()),
        model.timesteps(),
        classNames);
  }

  @Override
  public void close() {
    model.close();
  }
}
