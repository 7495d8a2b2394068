package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.NoiseSchedule;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
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
 * @param model ε_θ; closed with this checkpoint
 * @param schedule ᾱ_t
 * @param fingerprint SHA-256 of architecture, schedule and weights
 */
public record Checkpoint(String name, Denoiser model, NoiseSchedule schedule, String fingerprint)
    implements AutoCloseable {
  /** The file of the weights in the model's own folder. */
  public static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  private static final String CONFIG = "config.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  private static final Map<String, JsonType> SCHEDULE =
      Map.of(
          "beta_schedule", JsonType.TEXT,
          "prediction_type", JsonType.TEXT,
          "num_train_timesteps", JsonType.WHOLE,
          "beta_start", JsonType.NUMBER,
          "beta_end", JsonType.NUMBER);

  /** Writes a model as a pipeline folder called {@code name} inside a run. */
  public static void write(
      RunDirectory run, String name, UNet2D model, float[] weights, NoiseSchedule schedule) {
    run.write(name + "/model_index.json", out -> out.write(Json.bytes(pipelineIndex())));
    run.write(name + "/" + SCHEDULER, out -> out.write(Json.bytes(scheduler(schedule))));
    run.write(name + "/unet/" + CONFIG, out -> out.write(Json.bytes(model.config().toDiffusers())));
    Safetensors.Writer tensors = new Safetensors.Writer().metadata("format", "pt");
    for (Parameter parameter : model.parameters().list()) {
      float[] values = new float[parameter.numel()];
      System.arraycopy(weights, parameter.offset(), values, 0, values.length);
      tensors.add(parameter.name(), values, parameter.shape());
    }
    for (Parameter constant : model.parameters().frozen()) {
      tensors.add(constant.name(), constant.get(), constant.shape());
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

  private static ObjectNode pipelineIndex() {
    ObjectNode json = Json.object();
    json.put("_class_name", "DDPMPipeline").put("_diffusers_version", "0.35.0");
    json.putArray("scheduler").add("diffusers").add("DDPMScheduler");
    json.putArray("unet").add("diffusers").add("UNet2DModel");
    return json;
  }

  private static ObjectNode scheduler(NoiseSchedule schedule) {
    ObjectNode json = Json.object();
    json.put("_class_name", "DDPMScheduler").put("_diffusers_version", "0.35.0");
    json.put("beta_end", schedule.betaEnd()).put("beta_schedule", "linear");
    json.put("beta_start", schedule.betaStart()).put("clip_sample", true);
    json.put("num_train_timesteps", schedule.steps()).put("prediction_type", "epsilon");
    json.put("timestep_spacing", "leading").put("variance_type", "fixed_small");
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
    Path schedulerFile = folder.resolve(SCHEDULER);
    NoiseSchedule schedule =
        Files.exists(schedulerFile) ? schedule(schedulerFile) : NoiseSchedule.ddpm();
    UNet2D model = UNet2D.empty(config, type);
    try {
      fill(model.parameters(), weights);
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
    digest.update(Json.bytes(scheduler(schedule)));
    digest.update(HexFormat.of().parseHex(Checksums.of(weights)));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static NoiseSchedule schedule(Path file) {
    ObjectNode json = Json.read(file);
    for (Map.Entry<String, JsonType> field : SCHEDULE.entrySet()) {
      if (json.has(field.getKey())) {
        field.getValue().require(json.get(field.getKey()), field.getKey(), file.toString());
      }
    }
    String beta = json.path("beta_schedule").asText("linear");
    String prediction = json.path("prediction_type").asText("epsilon");
    boolean changed =
        json.path("rescale_betas_zero_snr").asBoolean(false) || json.hasNonNull("trained_betas");
    if (changed) {
      throw new JourneyException(
          file
              + " asks for rescale_betas_zero_snr or trained_betas, expected neither: name another"
              + " checkpoint.");
    }
    if (!beta.equals("linear") || !prediction.equals("epsilon")) {
      throw new JourneyException(
          file
              + " asks for beta_schedule "
              + beta
              + " and prediction_type "
              + prediction
              + ", expected linear and epsilon: name another checkpoint.");
    }
    try {
      return NoiseSchedule.linear(
          json.path("num_train_timesteps").asInt(1000),
          json.path("beta_start").asDouble(1e-4),
          json.path("beta_end").asDouble(0.02));
    } catch (IllegalArgumentException e) {
      throw new JourneyException(file + " holds no usable schedule: " + e.getMessage() + ".", e);
    }
  }

  /** Sets the model from the file's tensors; everything that does not fit is named at once. */
  private static void fill(Parameters parameters, Safetensors file) {
    Map<String, String> names = new LinkedHashMap<>();
    file.names().forEach(n -> names.put(currentName(n), n));
    List<String> problems = new ArrayList<>();
    for (Parameter parameter : parameters.stored()) {
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
      parameter.set(values);
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
