package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.AtomicFile;
import io.journey.run.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What a pipeline folder holds beside the denoiser and its scheduler, such as an autoencoder.
 *
 * @param classes library and class of each folder, such as diffusers, AutoencoderKL of {@code vae}
 * @param files by their names in the pipeline's folder
 */
public record PipelineParts(Map<String, Component> classes, Map<String, AtomicFile.Content> files) {
  /** Nothing else. */
  public static final PipelineParts NONE = new PipelineParts(Map.of(), Map.of());

  /**
   * What opens a folder.
   *
   * @param library such as "transformers"
   * @param className such as "CLIPTextModel"
   */
  public record Component(String library, String className) {}

  /** Begins an empty collection, to be added to. */
  public static PipelineParts collect() {
    return new PipelineParts(new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /** Returns what takes the files of one folder. */
  public BiConsumer<String, AtomicFile.Content> into(String folder) {
    return (name, content) -> files.put(folder + "/" + name, content);
  }

  /** Returns whether they make of a denoiser of captions a pipeline like Stable Diffusion's. */
  private boolean isStableDiffusion() {
    return classes.keySet().containsAll(List.of("vae", "text_encoder", "tokenizer"));
  }

  /** Adds them to an index. */
  void addTo(ObjectNode index) {
    if (!isStableDiffusion()) {
      return; // No pipeline of diffusers has some of them alone.
    }
    index.put("_class_name", "StableDiffusionPipeline");
    classes.forEach(
        (folder, part) -> index.putArray(folder).add(part.library()).add(part.className()));
    for (String absent : new String[] {"safety_checker", "feature_extractor", "image_encoder"}) {
      index.putArray(absent).add(Json.object().nullNode()).add(Json.object().nullNode());
    }
    index.put("requires_safety_checker", false);
  }
}
