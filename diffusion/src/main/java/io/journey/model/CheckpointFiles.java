package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a checkpoint, found as diffusers lays them out.
 *
 * @param config the architecture, {@code config.json}
 * @param weights the tensors, an index of shards, or a TorchScript program
 * @param scheduler {@code scheduler_config.json}, or null where there is none
 * @param notes what had to be chosen or assumed, each a sentence
 */
public record CheckpointFiles(Path config, Path weights, Path scheduler, List<String> notes) {
  static final String CONFIG = "config.json";
  private static final String SCHEDULER = "scheduler_config.json";

  /** Preferred first, as diffusers prefers them. */
  private static final List<String> NAMES =
      Stream.of("safetensors", "safetensors.index.json", "bin", "bin.index.json")
          .map(ending -> "diffusion_pytorch_model." + ending)
          .toList();

  /** Returns whether a folder is a checkpoint of one model. */
  public static boolean isCheckpoint(Path folder) {
    return Files.exists(folder.resolve(CONFIG))
        || Files.exists(folder.resolve("unet").resolve(CONFIG))
        || Files.exists(folder.resolve("unet_ema").resolve(CONFIG))
        || LoraPlace.of(CheckpointSpec.of(folder)) != null;
  }

  /** Returns whether a folder is a pipeline's, as its index says. */
  public static boolean isPipeline(Path folder) {
    return Files.exists(folder.resolve(ClassNames.INDEX));
  }

  /** Returns the class of a pipeline, as its index says; "" where there is no index. */
  static String pipelineClass(Path folder) {
    return isPipeline(folder)
        ? Json.readPython(folder.resolve(ClassNames.INDEX)).path("_class_name").asText()
        : "";
  }

  /** Returns whether the index of a pipeline names a part, whether or not it is there. */
  public static boolean namesPart(Path folder, String part) {
    if (!isPipeline(folder)) {
      return false;
    }
    JsonNode named = Json.readPython(folder.resolve(ClassNames.INDEX)).path(part);
    return named.size() == 2 && named.get(0).isTextual() && named.get(1).isTextual();
  }

  /**
   * Refuses pipelines such as Stable Diffusion XL's, whose U-Net is asked with more than states.
   */
  private static void requireOneTextEncoder(Path folder) {
    String second = "text_encoder_2";
    if (namesPart(folder, second)) {
      throw new JourneyException(
          folder
              + " is a "
              + Failures.quoted(pipelineClass(folder))
              + " with "
              + second
              + ", which Journey does not read: name a pipeline with one text encoder, such as Stable"
              + " Diffusion's 1 or 2.");
    }
  }

  /**
   * Finds the files of a checkpoint.
   *
   * @param path a pipeline folder, the model's own folder, or a file of weights in it
   * @throws JourneyException if there is no configuration, or several files of weights
   */
  public static CheckpointFiles locate(Path path) {
    List<String> notes = new ArrayList<>();
    boolean isFile = Files.isRegularFile(path);
    Path folder = isFile ? path.toAbsolutePath().getParent() : modelFolder(path, notes);
    Path config = folder.resolve(CONFIG);
    if (!Files.exists(config)) {
      if (isFile) {
        ForeignWeights.refuse(path);
      } else if (Files.exists(folder.resolve(LoraWriter.FILE))) {
        throw new JourneyException(
            path
                + " holds a LoRA and not what it is put on: name that as the checkpoint, and this as"
                + " --lora.");
      }
      if (Files.isDirectory(path.resolve(Ensemble.checkpointName(0)))) {
        throw new JourneyException(
            path
                + " is an ensemble, and one checkpoint is asked for: name "
                + path.resolve(Ensemble.checkpointName(0))
                + ".");
      }
      String pipeline = isFile ? "" : pipelineClass(path);
      if (!pipeline.isEmpty()) {
        throw new JourneyException(
            path
                + " is a "
                + Failures.quoted(pipeline)
                + " without unet/"
                + CONFIG
                + ": Journey reads pipelines with a UNet2DModel or a UNet2DConditionModel there.");
      }
      throw new JourneyException(
          isFile
              ? path + " has no " + CONFIG + " beside it: put the model's configuration there."
              : path
                  + " holds no checkpoint (expected "
                  + CONFIG
                  + " or unet/"
                  + CONFIG
                  + "): name a folder such as checkpoints/member-000.");
    }
    requireOneTextEncoder(isFile ? folder : path);
    Path scheduler = scheduler(folder);
    if (scheduler == null) {
      notes.add(
          "No "
              + SCHEDULER
              + " belongs to "
              + path
              + ": the schedule of DDPM is assumed, 1000 linear steps from 0.0001 to 0.02.");
    }
    return new CheckpointFiles(
        config, isFile ? path : weightsIn(folder), scheduler, List.copyOf(notes));
  }

  /** Of a pipeline the unet; of a folder of diffusers' training script its moving average. */
  private static Path modelFolder(Path path, List<String> notes) {
    Path unet = path.resolve("unet");
    Path average = path.resolve("unet_ema");
    boolean pipeline = Files.exists(path.resolve("model_index.json"));
    if (Files.exists(average.resolve(CONFIG)) && !(pipeline && Files.exists(unet))) {
      notes.add(
          path + " holds averaged weights: unet_ema is read; name " + unet + " for the others.");
      return average;
    }
    if (Files.exists(average)) {
      notes.add(path + " holds unet_ema besides unet: unet is read, as diffusers does.");
    }
    return Files.exists(unet) ? unet : path;
  }

  /**
   * Finds the weights in a model's own folder, as diffusers prefers them.
   *
   * @return a file, or where it would be
   * @throws JourneyException if there are several to choose from
   */
  public static Path weightsIn(Path folder) {
    Path found = WeightFiles.find(folder, NAMES);
    return found == null ? folder.resolve(NAMES.get(0)) : found;
  }

  /** Beside the model, or in the pipeline it belongs to. */
  private static Path scheduler(Path folder) {
    Path model = folder.toAbsolutePath().normalize();
    List<Path> places = new ArrayList<>();
    places.add(model.resolve(SCHEDULER));
    places.add(model.resolve("scheduler").resolve(SCHEDULER));
    Path parent = model.getParent();
    for (int up = 0; up < 2 && parent != null; up++, parent = parent.getParent()) {
      places.add(parent.resolve("scheduler").resolve(SCHEDULER));
      places.add(parent.resolve(SCHEDULER)); // Early pipelines had it there.
    }
    return places.stream().filter(Files::exists).findFirst().orElse(null);
  }
}
