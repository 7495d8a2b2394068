package io.journey.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.SamplingConfig.Kind;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The settings of a scheduler, as diffusers' {@code scheduler_config.json} has them.
 *
 * @param className of the scheduler the file was made for
 * @param forward how training noises
 * @param sampling how images are drawn
 */
public record SchedulerConfig(String className, ForwardConfig forward, SamplingConfig sampling) {
  /** {@code DDPMScheduler} with all its defaults. */
  public static final SchedulerConfig DEFAULT = of(ForwardConfig.DEFAULT, SamplingConfig.DEFAULT);

  /** What a file says of itself. */
  private static final String WRITTEN_FOR = "0.35.0";

  private static final Map<String, JsonType> FORWARD =
      Map.ofEntries(
          Map.entry("num_train_timesteps", JsonType.WHOLE),
          Map.entry("beta_start", JsonType.NUMBER),
          Map.entry("beta_end", JsonType.NUMBER),
          Map.entry("beta_schedule", JsonType.TEXT),
          Map.entry("trained_betas", JsonType.NUMBERS),
          Map.entry("rescale_betas_zero_snr", JsonType.TRUTH),
          Map.entry("prediction_type", JsonType.TEXT),
          // What early versions had in place of prediction_type.
          Map.entry("predict_epsilon", JsonType.TRUTH));

  private static final Map<String, JsonType> SAMPLING =
      Map.ofEntries(
          Map.entry("variance_type", JsonType.TEXT),
          Map.entry("clip_sample", JsonType.TRUTH),
          Map.entry("clip_sample_range", JsonType.NUMBER),
          Map.entry("thresholding", JsonType.TRUTH),
          Map.entry("dynamic_thresholding_ratio", JsonType.NUMBER),
          Map.entry("sample_max_value", JsonType.NUMBER),
          Map.entry("timestep_spacing", JsonType.TEXT),
          Map.entry("steps_offset", JsonType.WHOLE),
          Map.entry("set_alpha_to_one", JsonType.TRUTH));

  /** Options of other schedulers or early versions that change neither DDPM nor DDIM. */
  private static final Set<String> MEANINGLESS = Set.of("skip_prk_steps", "tensor_format");

  /** Options that may be given, but not set. */
  private static final Set<String> UNSET = Set.of("timestep_values");

  /** Other samplers of diffusers for models trained as {@code DDPMScheduler} trains them. */
  private static final Set<String> SAME_FORWARD_PROCESS =
      Set.of(
          "DEISMultistepScheduler",
          "DPMSolverMultistepScheduler",
          "DPMSolverSinglestepScheduler",
          "EulerAncestralDiscreteScheduler",
          "EulerDiscreteScheduler",
          "HeunDiscreteScheduler",
          "KDPM2AncestralDiscreteScheduler",
          "KDPM2DiscreteScheduler",
          "LMSDiscreteScheduler",
          "PNDMScheduler",
          "UniPCMultistepScheduler");

  /** Settings of a DDPM or DDIM scheduler. */
  public static SchedulerConfig of(ForwardConfig forward, SamplingConfig sampling) {
    return new SchedulerConfig(sampling.kind().className(), forward, sampling);
  }

  /** The same drawn otherwise. */
  public SchedulerConfig withSampling(SamplingConfig other) {
    return of(forward, other);
  }

  /** What training was: the same with DDPM's default sampling. A model's fingerprint holds it. */
  public SchedulerConfig trainingOnly() {
    return of(forward, SamplingConfig.DEFAULT);
  }

  /** Whether Journey draws as the file says; if not, only {@link #forward} is the file's. */
  public boolean isSamplingKnown() {
    return Arrays.stream(Kind.values()).anyMatch(kind -> kind.className().equals(className));
  }

  /**
   * Reads diffusers' {@code scheduler_config.json} of a DDPM or DDIM scheduler; of other schedulers
   * for the same training, the part that training needs.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is not supported
   */
  public static SchedulerConfig fromDiffusers(ObjectNode json, String where) {
    String className = json.path("_class_name").asText(DEFAULT.className());
    SchedulerConfig named = new SchedulerConfig(className, ForwardConfig.DEFAULT, null);
    boolean known = named.isSamplingKnown();
    if (!known && !SAME_FORWARD_PROCESS.contains(className)) {
      throw new JourneyException(
          where
              + " describes a "
              + className
              + ", expected a DDPMScheduler or DDIMScheduler: name another checkpoint.");
    }
    Map<String, JsonType> read = new TreeMap<>(FORWARD);
    if (known) {
      read.putAll(SAMPLING);
    }
    read.forEach(
        (field, type) -> {
          if (json.has(field) && !isUnset(json, field)) {
            type.require(json.get(field), field, where);
          }
        });
    List<String> unsupported = known ? unknown(json, read) : missing(json);
    ForwardConfig forward;
    SamplingConfig sampling;
    try {
      forward = forward(json, unsupported);
      sampling =
          known ? sampling(json, Kind.valueOf(className.substring(0, 4)), unsupported) : null;
    } catch (IllegalArgumentException e) {
      throw new JourneyException(where + " holds no usable schedule: " + e.getMessage() + ".", e);
    }
    if (!unsupported.isEmpty()) {
      throw new JourneyException(
          where
              + " asks for what Journey does not support: "
              + String.join(", ", unsupported)
              + ": change these options, or name another checkpoint.");
    }
    return new SchedulerConfig(className, forward, known ? sampling : SamplingConfig.DEFAULT);
  }

  private static boolean isUnset(ObjectNode json, String field) {
    return field.equals("trained_betas") && json.path(field).isNull();
  }

  private static List<String> unknown(ObjectNode json, Map<String, JsonType> read) {
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String name = field.getKey();
      boolean fine =
          name.startsWith("_")
              || read.containsKey(name)
              || MEANINGLESS.contains(name)
              || (UNSET.contains(name) && field.getValue().isNull());
      if (!fine) {
        unknown.add(name + " " + field.getValue());
      }
    }
    return unknown;
  }

  /** The defaults of other schedulers are not DDPM's: what training needs must be given. */
  private static List<String> missing(ObjectNode json) {
    List<String> problems = new ArrayList<>();
    for (String field : List.of("beta_schedule", "beta_start", "beta_end")) {
      if (!json.has(field)) {
        problems.add("no " + field);
      }
    }
    if (json.path("use_flow_sigmas").asBoolean(false)) {
      problems.add("use_flow_sigmas true");
    }
    return problems;
  }

  private static ForwardConfig forward(ObjectNode json, List<String> unsupported) {
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

  private static SamplingConfig sampling(ObjectNode json, Kind kind, List<String> unsupported) {
    SamplingConfig none = SamplingConfig.DEFAULT;
    return new SamplingConfig(
        kind,
        choice(json, "variance_type", none.varianceType(), unsupported),
        json.path("clip_sample").asBoolean(none.clipSample()),
        json.path("clip_sample_range").asDouble(none.clipSampleRange()),
        json.path("thresholding").asBoolean(none.thresholding()),
        json.path("dynamic_thresholding_ratio").asDouble(none.dynamicThresholdingRatio()),
        json.path("sample_max_value").asDouble(none.sampleMaxValue()),
        choice(json, "timestep_spacing", none.timestepSpacing(), unsupported),
        json.path("steps_offset").asInt(none.stepsOffset()),
        json.path("set_alpha_to_one").asBoolean(none.setAlphaToOne()));
  }

  /** The value of this name; one that there is not is added to what is unsupported. */
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
            + Arrays.stream(values).map(SchedulerConfig::name).collect(Collectors.joining(", "))
            + ")");
    return otherwise;
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** As diffusers' {@code scheduler_config.json}; options at their defaults are mostly left out. */
  public ObjectNode toDiffusers() {
    ObjectNode json = Json.object();
    json.put("_class_name", sampling.kind().className()).put("_diffusers_version", WRITTEN_FOR);
    json.put("beta_end", forward.betaEnd()).put("beta_schedule", name(forward.betaSchedule()));
    json.put("beta_start", forward.betaStart()).put("clip_sample", sampling.clipSample());
    json.put("num_train_timesteps", forward.numTrainTimesteps());
    json.put("prediction_type", name(forward.predictionType()));
    json.put("timestep_spacing", name(sampling.timestepSpacing()));
    SamplingConfig none = SamplingConfig.DEFAULT;
    if (sampling.kind() == Kind.DDPM || sampling.varianceType() != none.varianceType()) {
      json.put("variance_type", name(sampling.varianceType()));
    }
    if (sampling.clipSampleRange() != none.clipSampleRange()) {
      json.put("clip_sample_range", sampling.clipSampleRange());
    }
    if (sampling.dynamicThresholdingRatio() != none.dynamicThresholdingRatio()) {
      json.put("dynamic_thresholding_ratio", sampling.dynamicThresholdingRatio());
    }
    if (forward.rescaleBetasZeroSnr()) {
      json.put("rescale_betas_zero_snr", true);
    }
    if (sampling.sampleMaxValue() != none.sampleMaxValue()) {
      json.put("sample_max_value", sampling.sampleMaxValue());
    }
    if (!sampling.setAlphaToOne()) {
      json.put("set_alpha_to_one", false);
    }
    if (sampling.stepsOffset() != none.stepsOffset()) {
      json.put("steps_offset", sampling.stepsOffset());
    }
    if (sampling.thresholding()) {
      json.put("thresholding", true);
    }
    if (forward.trainedBetas() != null) {
      json.set("trained_betas", Json.tree(forward.trainedBetas()));
    }
    return json;
  }
}
