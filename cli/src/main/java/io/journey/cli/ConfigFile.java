package io.journey.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.Architecture;
import io.journey.model.DenoiserConfig;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import io.journey.scheduler.SchedulerConfig;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A user's configuration: JSON with "model", fields of diffusers' {@code UNet2DModel}, "scheduler",
 * those of its schedulers, and "training"; what it leaves out is as in a preset.
 */
record ConfigFile(Path file, ObjectNode content) {
  private static final List<String> PARTS = List.of("model", "scheduler", "training");

  static ConfigFile read(Path file) {
    ObjectNode content = Json.read(file);
    for (Map.Entry<String, JsonNode> part : content.properties()) {
      if (!PARTS.contains(part.getKey())) {
        throw new JourneyException(
            file
                + " has the field \""
                + part.getKey()
                + "\", expected \"model\", \"scheduler\" or \"training\": correct the file.");
      }
      JsonType.OBJECT.require(part.getValue(), "\"" + part.getKey() + "\"", file.toString());
    }
    return new ConfigFile(file, content);
  }

  /**
   * Returns the model it describes. Options left out are the preset's; those of another {@code
   * _class_name} have its own defaults.
   */
  DenoiserConfig model(DenoiserConfig preset) {
    ObjectNode base = preset.toDiffusers();
    JsonNode changes = content.path("model");
    JsonNode className = changes.path("_class_name");
    boolean other = !className.isMissingNode() && !className.equals(base.get("_class_name"));
    DenoiserConfig model =
        Architecture.read(merged(other ? Json.object() : base, changes), file.toString());
    if (model.leastWeights() > Integer.MAX_VALUE) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s describes a model of at least %.0f weights, more than the %d a model may have:"
                  + " make it smaller.",
              file,
              model.leastWeights(),
              Integer.MAX_VALUE));
    }
    return model;
  }

  /**
   * Returns the scheduler it describes, with diffusers' defaults.
   *
   * @throws JourneyException naming every option that is not supported
   * @param otherwise where it describes none
   */
  SchedulerConfig scheduler(SchedulerConfig otherwise) {
    return content.has("scheduler")
        ? SchedulerConfig.supported(
            merged(Json.object(), content.path("scheduler")), file.toString())
        : otherwise;
  }

  TrainingConfig training(TrainingConfig preset) {
    ObjectNode known = Json.tree(preset);
    for (Map.Entry<String, JsonNode> field : content.path("training").properties()) {
      String name = field.getKey();
      if (!known.has(name)) {
        throw new JourneyException(
            file
                + " has the unknown setting training."
                + name
                + ", expected one of "
                + known.properties().stream().map(Map.Entry::getKey).toList()
                + ": correct the file.");
      }
      JsonType type = JsonType.of(known.get(name));
      type.require(field.getValue(), "training." + name, file.toString());
    }
    return Json.bind(
        merged(known, content.path("training")), TrainingConfig.class, file.toString());
  }

  private static ObjectNode merged(ObjectNode base, JsonNode changes) {
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      base.set(change.getKey(), change.getValue());
    }
    return base;
  }
}
