package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.SchedulerConfig;
import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import io.journey.tensor.DType;
import io.journey.tensor.Libtorch;
import io.journey.tensor.NamedTensors;
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
 * @param fingerprint SHA-256 of architecture, training schedule and weights; how images are drawn
 *     is no part of it
 * @param classNames of the model's classes, where they are told
 */
public record Checkpoint(
    String name, Denoiser model, NoiseSchedule schedule, String fingerprint, ClassNames classNames)
    implements AutoCloseable {
  /** The file of the weights in the model's own folder. */
  public static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  /** Rows of one forward pass of {@link #losses}. */
  private static final int LOSS_ROWS = 128;

  private static final String CONFIG = CheckpointFiles.CONFIG;
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  /** A model whose classes have no names. */
  public Checkpoint(String name, Denoiser model, NoiseSchedule schedule, String fingerprint) {
    this(name, model, schedule, fingerprint, ClassNames.NONE);
  }

  /** Writes a model as a pipeline folder called {@code name} inside a run, in float32. */
  public static void write(
      RunDirectory run,
      String name,
      UNet2D model,
      float[] weights,
      NoiseSchedule schedule,
      ClassNames classNames) {
    BiConsumer<String, AtomicFile.Content> files =
        (file, content) -> run.write(name + "/" + file, content);
    write(
        files,
        model,
        weights,
        pipelineIndex(schedule, classNames),
        schedule,
        DType.F32,
        Long.MAX_VALUE);
  }

  /**
   * Writes this checkpoint as a pipeline folder that diffusers opens. An export that was
   * interrupted is continued.
   *
   * @param folder absent, empty, or with a part of this export
   * @param dtype F32, F16 or BF16
   * @param maxShardBytes most bytes of weights in one file
   * @throws JourneyException if the folder holds anything else, or the model is a program
   */
  public void export(Path folder, DType dtype, long maxShardBytes) {
    if (!(model instanceof UNet2D unet)) {
      throw new JourneyException(
          name + " is a program, expected a UNet2DModel: only that has a diffusers form.");
    }
    if (!Set.of(DType.F32, DType.F16, DType.BF16).contains(dtype) || maxShardBytes < 1) {
      throw new IllegalArgumentException(
          "weights are written as F32, F16 or BF16 in files of at least 1 byte, got "
              + dtype
              + " and "
              + maxShardBytes);
    }
    Map<String, AtomicFile.Content> files = new LinkedHashMap<>();
    write(
        files::put,
        unet,
        unet.parameters().get(),
        pipelineIndex(schedule, classNames),
        schedule,
        dtype,
        maxShardBytes);
    ExportedFolder.write(folder, files);
  }

  private static void write(
      BiConsumer<String, AtomicFile.Content> files,
      UNet2D model,
      float[] weights,
      ObjectNode index,
      NoiseSchedule schedule,
      DType dtype,
      long maxShardBytes) {
    files.accept(ClassNames.INDEX, out -> out.write(Json.bytes(index)));
    files.accept(SCHEDULER, out -> out.write(Json.bytes(schedule.config().toDiffusers())));
    files.accept("unet/" + CONFIG, out -> out.write(Json.bytes(model.config().toDiffusers())));
    new WeightsWriter(
            (file, content) -> files.accept("unet/" + file, content), dtype, maxShardBytes)
        .write(model.parameters().stored(), weights);
  }

  /** The file whose presence says that a member is complete; written last. */
  public static String weightsFile(String name) {
    return name + "/unet/" + WEIGHTS;
  }

  private static ObjectNode pipelineIndex(NoiseSchedule schedule, ClassNames classNames) {
    String kind = schedule.config().sampling().kind().name();
    ObjectNode json = Json.object();
    json.put("_class_name", kind + "Pipeline").put("_diffusers_version", "0.35.0");
    json.putArray("scheduler").add("diffusers").add(kind + "Scheduler");
    json.putArray("unet").add("diffusers").add("UNet2DModel");
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
    NoiseSchedule schedule =
        files.scheduler() == null ? NoiseSchedule.ddpm() : schedule(files.scheduler());
    if (spec.torchScript()) {
      Denoiser model = TorchScriptDenoiser.load(files.weights(), config, files.config(), type);
      String print = fingerprint(config, schedule, List.of(files.weights()), "");
      return new Checkpoint(spec.name(), model, schedule, print);
    }
    ForeignWeights.refuse(files.weights());
    UNet2DConfig architecture = UNet2DConfig.fromDiffusers(config, files.config().toString());
    NamedTensors tensors = NamedTensors.open(files.weights());
    Weights weights = Weights.in(tensors, spec.part());
    weights.requireRoomFor(architecture, files.config());
    UNet2D model = UNet2D.empty(architecture, type);
    try {
      weights.fill(model.parameters());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    String print =
        fingerprint(architecture.toDiffusers(), schedule, tensors.files(), weights.prefix());
    ClassNames names = ClassNames.near(files.config().toAbsolutePath().getParent());
    return new Checkpoint(spec.name(), model, schedule, print, names);
  }

  /**
   * Whether sampling, training and attribution can use a U-Net, as far as its configuration and the
   * names, types and shapes of its tensors say; the numbers are not read.
   *
   * @param spec a pipeline folder, the model's own folder, or a file of weights
   * @return the shape of its images
   * @throws JourneyException saying why it cannot be used
   */
  public static ImageShape requireUsable(CheckpointSpec spec) {
    CheckpointFiles files = CheckpointFiles.locate(spec.path());
    ForeignWeights.refuse(files.weights());
    String config = files.config().toString();
    UNet2DConfig architecture = UNet2DConfig.fromDiffusers(Json.read(files.config()), config);
    if (files.scheduler() != null) {
      schedule(files.scheduler());
    }
    Weights weights = Weights.in(NamedTensors.open(files.weights()), spec.part());
    weights.requireRoomFor(architecture, files.config());
    weights.requireFit(UNet2D.announced(architecture));
    return architecture.shape();
  }

  private static String fingerprint(
      ObjectNode config, NoiseSchedule schedule, List<Path> weights, String part) {
    MessageDigest digest = Checksums.sha256();
    digest.update(Json.bytes(config));
    digest.update(Json.bytes(schedule.config().trainingOnly().toDiffusers()));
    for (Path file : weights) {
      digest.update(HexFormat.of().parseHex(Checksums.of(file)));
    }
    digest.update(part.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static NoiseSchedule schedule(Path file) {
    try {
      return NoiseSchedule.of(SchedulerConfig.fromDiffusers(Json.read(file), file.toString()));
    } catch (IllegalArgumentException e) {
      throw new JourneyException(file + " holds no usable schedule: " + e.getMessage() + ".", e);
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
   * What the model takes.
   *
   * @throws JourneyException if it does not tell the shape of its images
   */
  public ModelInputs inputs() {
    return new ModelInputs(
        "checkpoint " + name, model.shape(), model.conditioning(), model.timesteps(), classNames);
  }

  @Override
  public void close() {
    model.close();
  }
}
