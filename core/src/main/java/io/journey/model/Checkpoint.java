package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.SchedulerConfig;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import io.journey.tensor.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 */
public record Checkpoint(String name, Denoiser model, NoiseSchedule schedule, String fingerprint)
    implements AutoCloseable {
  /** The file of the weights in the model's own folder. */
  public static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  private static final String CONFIG = "config.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  /** Writes a model as a pipeline folder called {@code name} inside a run. */
  public static void write(
      RunDirectory run, String name, UNet2D model, float[] weights, NoiseSchedule schedule) {
    run.write(name + "/model_index.json", out -> out.write(Json.bytes(pipelineIndex(schedule))));
    ObjectNode scheduler = schedule.config().toDiffusers();
    run.write(name + "/" + SCHEDULER, out -> out.write(Json.bytes(scheduler)));
    run.write(name + "/unet/" + CONFIG, out -> out.write(Json.bytes(model.config().toDiffusers())));
    Safetensors.Writer tensors = new Safetensors.Writer().metadata("format", "pt");
    for (Parameter parameter : model.parameters().list()) {
      float[] values = new float[parameter.numel()];
      System.arraycopy(weights, parameter.offset(), values, 0, values.length);
      tensors.add(parameter.name(), values, parameter.shape());
    }
    run.write(weightsFile(name), tensors::writeTo);
  }

  /** The file whose presence says that a member is complete; written last. */
  public static String weightsFile(String name) {
    return name + "/unet/" + WEIGHTS;
  }

  /** The files of a member that decide its numbers. */
  static List<String> filesThatDecide(String name) {
    return List.of(weightsFile(name), name + "/unet/" + CONFIG, name + "/" + SCHEDULER);
  }

  private static ObjectNode pipelineIndex(NoiseSchedule schedule) {
    String kind = schedule.config().sampling().kind().name();
    ObjectNode json = Json.object();
    json.put("_class_name", kind + "Pipeline").put("_diffusers_version", "0.35.0");
    json.putArray("scheduler").add("diffusers").add(kind + "Scheduler");
    json.putArray("unet").add("diffusers").add("UNet2DModel");
    return json;
  }

  /** Reads a checkpoint in float32. */
  public static Checkpoint read(Path folder) {
    return read(folder, ScalarType.Float);
  }

  /**
   * Reads a checkpoint.
   *
   * @param folder a pipeline folder, or the model's own folder
   * @throws JourneyException if it is missing, damaged, of another architecture, or not finite
   */
  public static Checkpoint read(Path folder, ScalarType type) {
    Path unet = Files.exists(folder.resolve("unet")) ? folder.resolve("unet") : folder;
    Path configFile = unet.resolve(CONFIG);
    if (!Files.exists(configFile)) {
      throw new JourneyException(
          folder
              + " holds no checkpoint (expected "
              + CONFIG
              + " or unet/"
              + CONFIG
              + "): name a folder such as checkpoints/member-000.");
    }
    UNet2DConfig config = UNet2DConfig.fromDiffusers(Json.read(configFile), configFile.toString());
    Safetensors weights = Safetensors.open(unet.resolve(WEIGHTS));
    NoiseSchedule schedule = schedule(folder, unet);
    UNet2D model = UNet2D.empty(config, type);
    try {
      model.parameters().set(gather(model.parameters(), weights));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    return new Checkpoint(name, model, schedule, fingerprint(config, schedule, weights.file()));
  }

  private static String fingerprint(UNet2DConfig config, NoiseSchedule schedule, Path weights) {
    MessageDigest digest = Checksums.sha256();
    digest.update(Json.bytes(config.toDiffusers()));
    digest.update(Json.bytes(schedule.config().trainingOnly().toDiffusers()));
    digest.update(HexFormat.of().parseHex(Checksums.of(weights)));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The scheduler beside the model, in a folder of its own or, as early pipelines had it, not. */
  private static NoiseSchedule schedule(Path folder, Path unet) {
    List<Path> places = new ArrayList<>();
    places.add(folder.resolve(SCHEDULER));
    places.add(folder.resolve("scheduler_config.json"));
    if (unet.equals(folder)) {
      places.add(folder.toAbsolutePath().normalize().resolveSibling(SCHEDULER));
    }
    Path file = places.stream().filter(Files::exists).findFirst().orElse(null);
    if (file == null) {
      return NoiseSchedule.ddpm();
    }
    try {
      return NoiseSchedule.of(SchedulerConfig.fromDiffusers(Json.read(file), file.toString()));
    } catch (IllegalArgumentException e) {
      throw new JourneyException(file + " holds no usable schedule: " + e.getMessage() + ".", e);
    }
  }

  /** The flat vector from the file's tensors; everything that does not fit is named at once. */
  private static float[] gather(Parameters parameters, Safetensors file) {
    Map<String, String> names = new LinkedHashMap<>();
    file.names().forEach(n -> names.put(currentName(n), n));
    float[] flat = new float[parameters.count()];
    List<String> problems = new ArrayList<>();
    for (Parameter parameter : parameters.list()) {
      String stored = names.remove(parameter.name());
      if (stored == null) {
        problems.add("lacks " + parameter.name());
        continue;
      }
      List<Long> shape = new ArrayList<>();
      for (long dim : parameter.shape()) {
        shape.add(dim);
      }
      if (!file.entry(stored).shape().equals(shape)) {
        problems.add(
            parameter.name() + " is " + file.entry(stored).shape() + ", expected " + shape);
        continue;
      }
      float[] values = file.floats(stored);
      for (float value : values) {
        if (!Float.isFinite(value)) {
          problems.add(parameter.name() + " holds a number that is not finite");
          break;
        }
      }
      System.arraycopy(values, 0, flat, parameter.offset(), values.length);
    }
    names.values().forEach(n -> problems.add("has the unknown tensor " + n));
    if (!problems.isEmpty()) {
      throw new JourneyException(
          file.file()
              + " does not fit its config.json or is broken: "
              + String.join("; ", problems.subList(0, Math.min(12, problems.size())))
              + (problems.size() > 12 ? "; and " + (problems.size() - 12) + " more" : "")
              + ": fetch or make the checkpoint again.");
    }
    return flat;
  }

  /** Early diffusers names of attention weights, as they are called now. */
  private static String currentName(String name) {
    return name.replace(".query.", ".to_q.")
        .replace(".key.", ".to_k.")
        .replace(".value.", ".to_v.")
        .replace(".proj_attn.", ".to_out.0.");
  }

  @Override
  public void close() {
    model.close();
  }
}
