package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.NamedTensors;
import io.journey.array.Safetensors;
import io.journey.model.LoraFile.Part;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the changes of a LoRA are multiplied by: α/r, with α from a tensor {@code alpha} beside the
 * pair, from the metadata that diffusers writes, or from the {@code adapter_config.json} of peft;
 * where none tells it, 1.
 *
 * @param file the tensors
 * @param settings of each part, peft's, by the names that {@code adapter_config.json} has
 */
record LoraScales(NamedTensors file, Map<Part, ObjectNode> settings) {
  static final String METADATA = "lora_adapter_metadata";
  static final String CONFIG = "adapter_config.json";

  /** Reads what tells the scales. */
  static LoraScales of(NamedTensors file) {
    String metadata =
        file instanceof Safetensors safetensors ? safetensors.metadata().get(METADATA) : null;
    Path config = file.file().resolveSibling(CONFIG);
    boolean peft = String.valueOf(file.file().getFileName()).startsWith("adapter_model.");
    LoraScales scales;
    if (metadata != null) {
      ObjectNode all =
          Json.parse(
              metadata.getBytes(StandardCharsets.UTF_8), "The " + METADATA + " of " + file.file());
      scales =
          new LoraScales(
              file,
              Map.of(
                  Part.UNET, below(all, "unet."), Part.TEXT_ENCODER, below(all, "text_encoder.")));
    } else if (peft && Files.exists(config)) {
      ObjectNode all = Json.readPython(config);
      scales = new LoraScales(file, Map.of(Part.UNET, all, Part.TEXT_ENCODER, all));
    } else {
      scales = new LoraScales(file, Map.of());
    }
    scales.settings().values().forEach(scales::check);
    return scales;
  }

  private static ObjectNode below(ObjectNode all, String prefix) {
    ObjectNode own = Json.object();
    for (Map.Entry<String, JsonNode> field : all.properties()) {
      if (field.getKey().startsWith(prefix)) {
        own.set(field.getKey().substring(prefix.length()), field.getValue());
      }
    }
    return own;
  }

  private void check(ObjectNode own) {
    String type = own.path("peft_type").asText("LORA");
    if (own.path("use_dora").asBoolean()) {
      throw LoraRefusals.kind(file, "DoRA");
    }
    if (!type.equals("LORA")) {
      throw LoraRefusals.kind(file, Failures.quoted(type));
    }
    if (own.path("lora_bias").asBoolean() || !own.path("bias").asText("none").equals("none")) {
      throw LoraRefusals.kind(file, "LoRA with biases");
    }
  }

  /**
   * Returns the scale of a pair.
   *
   * @param layer its name with dots, as far as the file has them
   * @param alpha the name of the tensor, or null
   */
  double scale(Part part, String layer, String alpha, int rank) {
    double scale = 1;
    if (alpha != null) {
      if (file.shape(alpha).stream().anyMatch(side -> side != 1)) {
        throw new JourneyException(
            file.file()
                + " holds "
                + Failures.quoted(alpha)
                + " of the shape "
                + file.shape(alpha)
                + ", expected one number: fetch the LoRA again.");
      }
      scale = file.floats(alpha)[0] / rank;
    } else if (settings.containsKey(part)) {
      ObjectNode own = settings.get(part);
      JsonNode found = pattern(own.path("alpha_pattern"), layer);
      found = found == null ? own.path("lora_alpha") : found;
      if (found.isNumber()) {
        scale = found.asDouble() / (own.path("use_rslora").asBoolean() ? Math.sqrt(rank) : rank);
      }
    }
    if (!Double.isFinite(scale)) {
      throw new JourneyException(
          file.file()
              + " scales "
              + Failures.quoted(layer)
              + " by "
              + scale
              + ", expected a finite number: fetch the LoRA again.");
    }
    return scale;
  }

  /** Returns the value of the first pattern that a layer's name ends with, as peft looks it up. */
  private static JsonNode pattern(JsonNode patterns, String layer) {
    for (Map.Entry<String, JsonNode> entry : patterns.properties()) {
      String key = entry.getKey().startsWith("^") ? entry.getKey().substring(1) : entry.getKey();
      if (layer.equals(key) || layer.endsWith("." + key)) {
        return entry.getValue();
      }
      if (Pattern.compile("[*+?\\[(|\\\\]").matcher(key).find()) {
        throw new JourneyException(
            "The alpha_pattern "
                + Failures.quoted(entry.getKey())
                + " of a LoRA is a regular expression, expected the name of a layer: save the LoRA"
                + " with names.");
      }
    }
    return null;
  }
}
