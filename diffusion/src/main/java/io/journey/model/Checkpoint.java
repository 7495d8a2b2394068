package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
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
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
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

  /**
   * Writes a model as a pipeline folder called {@code name} inside a run, in float32; of one with a
   * LoRA the LoRA alone.
   */
  public static void write(
      StageFiles run,
      String name,
      LayeredDenoiser model,
      float[] weights,
      SchedulerConfig scheduler,
      ClassNames classNames) {
    if (LoraWriter.hasPairs(model)) {
      run.write(LoraWriter.file(name), LoraWriter.content(model, weights));
      return;
    }
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

  /**
   * Writes the LoRA of this checkpoint alone, as diffusers does.
   *
   * @param folder absent, empty, or with this export
   * @throws JourneyException if the folder holds anything else
   */
  public void exportLora(Path folder) {
    LayeredDenoiser layered = (LayeredDenoiser) model;
    ExportedFolder.write(
        folder, Map.of(LoraWriter.FILE, LoraWriter.content(layered, layered.parameters().get())));
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
   * @param spec a pipeline folder, the model's own folder, a file of weights or a program, or what
   *     {@code journey train --lora} wrote; with the LoRA it names, if it names one
   * @throws JourneyException if it is missing, damaged, of another architecture, or not finite; if
   *     {@code journey train} wrote it, also if any file is not as it was written
   */
  public static Checkpoint read(CheckpointSpec spec, ScalarType type) {
    LoraPlace place = LoraPlace.of(spec);
    return place == null
        ? CheckpointReader.read(spec, type)
        : place.putOn(spec.name(), type, Checkpoint::withLora);
  }

  /**
   * Reads a checkpoint whose LoRA is added to its weights, all of which are θ.
   *
   * @throws JourneyException as {@link #read(CheckpointSpec, ScalarType)} does, and if it has no
   *     LoRA
   */
  public static Checkpoint readMerged(CheckpointSpec spec, ScalarType type) {
    LoraPlace place = LoraPlace.of(spec);
    if (place == null) {
      throw new JourneyException(
          spec + " has no LoRA to be merged: name one, as with --lora FILE, or leave --merge out.");
    }
    return place.putOn(spec.name(), type, Checkpoint::mergedWith);
  }

  /**
   * A model of layers that can be used, as far as headers say.
   *
   * @param images the shape of what it samples
   * @param conditions what it takes beside, such as captions
   * @param weights how many numbers its weights have
   * @param set what stands before their names, or ""
   * @param sets all sets in the file
   */
  public record Usable(
      ImageShape images,
      ConditioningSpec conditions,
      long weights,
      String set,
      List<String> sets) {}

  /**
   * Looks whether sampling, training and attribution can use a model of layers, as far as its
   * configuration and the names, types and shapes of its tensors say; the numbers are not read.
   *
   * @param spec a pipeline folder, the model's own folder, or a file of weights
   * @throws JourneyException saying why it cannot be used
   */
  public static Usable requireUsable(CheckpointSpec spec) {
    return CheckpointReader.requireUsable(spec);
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

  /** Returns whether θ is the pairs of a LoRA. */
  public boolean hasLora() {
    return model instanceof LayeredDenoiser layered && LoraWriter.hasPairs(layered);
  }

  /**
   * Refuses a LoRA whose changes are none, since all numbers of its second weights are 0, as before
   * the first step of training: the gradients of its first weights are 0 then.
   *
   * @throws JourneyException if it is one
   */
  public void requireTuned() {
    if (model instanceof LayeredDenoiser layered && LoraWriter.isUntrained(layered)) {
      throw new JourneyException(
          name
              + " has a LoRA whose lora_B are 0 everywhere, as before its first step of training:"
              + " there is nothing to attribute, name one that is trained.");
    }
  }

  /** Returns the same under another name. */
  Checkpoint named(String other) {
    return new Checkpoint(other, model, schedule, scheduler, fingerprint, classNames);
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
          name + " has a LoRA, expected a model without: merge it first, or name its base.");
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
