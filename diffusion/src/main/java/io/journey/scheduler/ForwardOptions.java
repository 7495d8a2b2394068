package io.journey.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.ForwardConfig;
import io.journey.diffusion.PredictionType;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of training that all schedulers share, in JSON. */
final class ForwardOptions {
  private static final Map<String, JsonType> TYPES =
      Map.of(
          "num_train_timesteps",
          JsonType.WHOLE,
          "beta_start",
          JsonType.NUMBER,
          "beta_end",
          JsonType.NUMBER,
          "beta_schedule",
          JsonType.TEXT,
          "trained_betas",
          JsonType.NUMBERS,
          "rescale_betas_zero_snr",
          JsonType.TRUTH,
          "prediction_type",
          JsonType.TEXT,
          // What early versions had in place of prediction_type.
          "predict_epsilon",
          JsonType.TRUTH);

  private ForwardOptions() {}

  /** Returns whether an option is one of training. */
  static boolean has(String option) {
    return TYPES.containsKey(option);
  }

  /**
   * Reads the options; what is left out has the default of all classes of diffusers.
   *
   * @param where they stand, for messages
   * @param unsupported gets a sentence's part for every value that is not supported
   * @throws JourneyException if a value is of another type
   * @throws IllegalArgumentException if a value is out of range
   */
  static ForwardConfig read(ObjectNode json, String where, List<String> unsupported) {
    new TreeMap<>(TYPES)
        .forEach(
            (field, type) -> {
              if (json.has(field) && !isUnset(json, field)) {
                type.require(json.get(field), field, where);
              }
            });
    ForwardConfig none = ForwardConfig.DEFAULT;
    List<Double> betas = null;
    if (json.hasNonNull("trained_betas")) {
      betas = new ArrayList<>();
      for (JsonNode beta : json.get("trained_betas")) {
        betas.add(beta.asDouble());
      }
    }
    PredictionType early =
        json.path("predict_epsilon").asBoolean(true)
            ? PredictionType.EPSILON
            : PredictionType.SAMPLE;
    return new ForwardConfig(
        json.path("num_train_timesteps").asInt(none.numTrainTimesteps()),
        json.path("beta_start").asDouble(none.betaStart()),
        json.path("beta_end").asDouble(none.betaEnd()),
        choice(json, "beta_schedule", none.betaSchedule(), unsupported),
        betas,
        json.path("rescale_betas_zero_snr").asBoolean(false),
        choice(json, "prediction_type", early, unsupported));
  }

  /** Returns the value of this name; one that there is not is added to what is unsupported. */
  private static <E extends Enum<E>> E choice(
      ObjectNode json, String field, E otherwise, List<String> unsupported) {
    if (!json.has(field)) {
      return otherwise;
    }
    E[] values = otherwise.getDeclaringClass().getEnumConstants();
    for (E value : values) {
      if (name(value).equals(json.get(field).asText())) {
        return value;
      }
    }
    unsupported.add(
        field
            + " "
            + json.get(field)
            + " (only "
            + Arrays.stream(values).map(ForwardOptions::name).collect(Collectors.joining(", "))
            + ")");
    return otherwise;
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static boolean isUnset(ObjectNode json, String field) {
    return field.equals("trained_betas") && json.path(field).isNull();
  }

  /** Returns all options in the names of diffusers. */
  static ObjectNode of(ForwardConfig forward) {
    ObjectNode json = Json.object();
    json.put("num_train_timesteps", forward.numTrainTimesteps());
    json.put("beta_start", forward.betaStart()).put("beta_end", forward.betaEnd());
    json.put("beta_schedule", name(forward.betaSchedule()));
    json.set("trained_betas", Json.tree(forward.trainedBetas()));
    json.put("rescale_betas_zero_snr", forward.rescaleBetasZeroSnr());
    return json.put("prediction_type", name(forward.predictionType()));
  }
}
