package io.journey.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.ForwardConfig;
import io.journey.run.DiffusersJson;
import io.journey.run.JourneyException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The settings of diffusers' {@code scheduler_config.json}: how training noised, and how images are
 * drawn. Equal if they are written alike.
 */
public final class SchedulerConfig implements Serializable {
  private static final String CLASS = "_class_name";
  private static final String DEFAULT_CLASS = "DDPMScheduler";

  /** Options that are written even at their defaults, which differ between classes. */
  private static final Set<String> ALWAYS_WRITTEN =
      Set.of(
          "beta_end",
          "beta_schedule",
          "beta_start",
          "clip_sample",
          "num_train_timesteps",
          "prediction_type",
          "timestep_spacing",
          "variance_type");

  /** Options of early versions that change nothing. */
  private static final Set<String> MEANINGLESS = Set.of("tensor_format");

  /** Options that may be given, but not set. */
  private static final Set<String> UNSET = Set.of("timestep_values");

  /** Other samplers of diffusers for models trained as {@code DDPMScheduler} trains them. */
  private static final Set<String> SAME_FORWARD_PROCESS =
      Set.of(
          "DEISMultistepScheduler",
          "DPMSolverSinglestepScheduler",
          "HeunDiscreteScheduler",
          "KDPM2AncestralDiscreteScheduler",
          "KDPM2DiscreteScheduler",
          "LMSDiscreteScheduler",
          "UniPCMultistepScheduler");

  /** {@code DDPMScheduler} with all its defaults. */
  public static final SchedulerConfig DEFAULT = of(ForwardConfig.DEFAULT, new DdpmScheduler());

  private final String className;
  private final ForwardConfig forward;
  private final Scheduler scheduler;
  private final List<String> unsupported;
  private final ObjectNode given;

  /**
   * @param scheduler null where the class is not registered
   * @param unsupported what the file asks for in drawing that the scheduler does not support
   * @param given the file
   */
  private SchedulerConfig(
      String className,
      ForwardConfig forward,
      Scheduler scheduler,
      List<String> unsupported,
      ObjectNode given) {
    this.className = className;
    this.forward = forward;
    this.scheduler = scheduler;
    this.unsupported = List.copyOf(unsupported);
    this.given = given;
  }

  /** Settings of a scheduler that is known. */
  public static SchedulerConfig of(ForwardConfig forward, Scheduler scheduler) {
    return new SchedulerConfig(
        scheduler.className(), forward, scheduler, List.of(), written(forward, scheduler));
  }

  /** How training noises, and what the model predicts. */
  public ForwardConfig forward() {
    return forward;
  }

  /**
   * Returns the same drawn by another scheduler, as diffusers' {@code from_config} does: it takes
   * those of the options given that it has.
   *
   * @param name short, one of {@link Schedulers#names}
   * @throws IllegalArgumentException if there is none of this name
   */
  public SchedulerConfig withScheduler(String name) {
    Scheduler other = Schedulers.named(name);
    List<String> problems = new ArrayList<>();
    Scheduler bound = SchedulerOptions.bind(other, given, className, problems);
    return new SchedulerConfig(other.className(), forward, bound, problems, given);
  }

  /**
   * Returns the same with DDPM's default drawing, which says how the model was trained. A model's
   * fingerprint holds it.
   */
  public SchedulerConfig trainingOnly() {
    return of(forward, new DdpmScheduler());
  }

  /** Returns the same that clips no sample: latents have no range. */
  public SchedulerConfig withoutClipping() {
    return scheduler instanceof Clipping.Options options && options.clipSample()
        ? of(forward, scheduler.with("clip_sample", false))
        : this;
  }

  /**
   * Returns the scheduler that draws.
   *
   * @param model whose settings these are, for the message
   * @throws JourneyException if Journey does not have it as the file asks for it
   */
  public Scheduler scheduler(String model) {
    if (scheduler == null || !unsupported.isEmpty()) {
      throw new JourneyException(
          "The scheduler_config.json of "
              + model
              + " asks for a "
              + className
              + (scheduler == null ? "" : " with " + String.join(", ", unsupported))
              + ", which Journey does not have: choose one of "
              + String.join(", ", Schedulers.names())
              + " by sample --scheduler, or change the file; they suit the same"
              + " training.");
    }
    return scheduler;
  }

  /** Returns the class of diffusers' scheduler. */
  public String className() {
    return className;
  }

  /** Returns the class of diffusers' pipeline that draws with it. */
  public String pipelineName() {
    return scheduler == null ? "DDPMPipeline" : scheduler.pipelineName();
  }

  /**
   * Reads settings whose drawing is supported, too.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is not supported
   */
  public static SchedulerConfig supported(ObjectNode json, String where) {
    SchedulerConfig config = fromDiffusers(json, where);
    refuse(config.unsupported, where);
    return config;
  }

  /**
   * Reads diffusers' {@code scheduler_config.json}. Options of other schedulers are passed over, as
   * diffusers does. Where the class is not registered, or an option of drawing is not supported,
   * what training needs is read nevertheless; {@link #scheduler} then refuses.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is not known or not supported
   */
  public static SchedulerConfig fromDiffusers(ObjectNode json, String where) {
    String className = json.path(CLASS).asText(DEFAULT_CLASS);
    Scheduler known = Schedulers.ofClass(className).orElse(null);
    if (known == null && !SAME_FORWARD_PROCESS.contains(className)) {
      throw new JourneyException(
          where
              + " describes a "
              + className
              + ", expected one of "
              + String.join(", ", Schedulers.classNames())
              + ": name another checkpoint.");
    }
    List<String> problems = known == null ? missing(json) : unknown(json);
    List<String> undrawable = new ArrayList<>();
    ForwardConfig forward;
    try {
      forward = ForwardOptions.read(json, where, problems);
    } catch (IllegalArgumentException e) {
      throw new JourneyException(where + " holds no usable schedule: " + e.getMessage() + ".", e);
    }
    Scheduler scheduler = null;
    if (known != null) {
      scheduler = SchedulerOptions.bind(known, json, where, undrawable);
      for (String required : known.requiredOptions()) {
        if (!json.hasNonNull(required)) {
          undrawable.add("no " + required + " (only " + known.fixedOptions().get(required) + ")");
        }
      }
    }
    if (!problems.isEmpty()) {
      problems.addAll(undrawable);
      refuse(problems, where);
    }
    return new SchedulerConfig(className, forward, scheduler, undrawable, finite(json));
  }

  /** Without the infinities of diffusers' defaults, which JSON does not have. */
  private static ObjectNode finite(ObjectNode json) {
    ObjectNode copy = json.deepCopy();
    copy.removeIf(value -> value.isDouble() && !Double.isFinite(value.doubleValue()));
    return copy;
  }

  /**
   * Reads the same as a pipeline of diffusers does. Stable Diffusion's, whose latents are not
   * within ±1, turns {@code clip_sample} off and sets {@code steps_offset} to 1, whatever the file
   * says ({@code StableDiffusionPipeline.__init__}).
   *
   * @param pipeline the pipeline's {@code _class_name}, or ""
   */
  public static SchedulerConfig ofPipeline(ObjectNode json, String pipeline, String where) {
    ObjectNode read = json.deepCopy();
    if (pipeline.startsWith("StableDiffusion")) {
      Schedulers.ofClass(json.path(CLASS).asText(DEFAULT_CLASS))
          .ifPresent(
              known -> {
                if (SchedulerOptions.has(known, "clip_sample")) {
                  read.put("clip_sample", false);
                }
                if (SchedulerOptions.has(known, "steps_offset")) {
                  read.put("steps_offset", 1);
                }
              });
    }
    return fromDiffusers(read, where);
  }

  private static void refuse(List<String> unsupported, String where) {
    if (!unsupported.isEmpty()) {
      throw new JourneyException(
          where
              + " asks for what Journey does not support: "
              + String.join(", ", unsupported)
              + ": change these options, or name another checkpoint.");
    }
  }

  private static List<String> unknown(ObjectNode json) {
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String name = field.getKey();
      boolean fine =
          name.startsWith("_")
              || ForwardOptions.has(name)
              || MEANINGLESS.contains(name)
              || (UNSET.contains(name) && field.getValue().isNull())
              || Schedulers.all().stream().anyMatch(s -> SchedulerOptions.has(s, name));
      if (!fine) {
        unknown.add(name + " " + field.getValue());
      }
    }
    return unknown;
  }

  /** The defaults of a class that is not known may be others: what training needs must be given. */
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

  /**
   * As diffusers' {@code scheduler_config.json}; options at their defaults are mostly left out.
   * Settings whose drawing is not supported are as they were read.
   */
  public ObjectNode toDiffusers() {
    return scheduler == null || !unsupported.isEmpty()
        ? given.deepCopy().put(CLASS, className)
        : written(forward, scheduler);
  }

  private static ObjectNode written(ForwardConfig forward, Scheduler scheduler) {
    Scheduler defaults = Schedulers.ofClass(scheduler.className()).orElseThrow();
    ObjectNode options = ForwardOptions.of(forward).setAll(SchedulerOptions.of(scheduler));
    ObjectNode unchanged =
        ForwardOptions.of(ForwardConfig.DEFAULT).setAll(SchedulerOptions.of(defaults));
    for (String required : scheduler.requiredOptions()) {
      options.set(required, scheduler.fixedOptions().get(required));
    }
    return DiffusersJson.config(scheduler.className(), options, unchanged, ALWAYS_WRITTEN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SchedulerConfig that && toDiffusers().equals(that.toDiffusers());
  }

  @Override
  public int hashCode() {
    return toDiffusers().hashCode();
  }

  @Override
  public String toString() {
    return toDiffusers().toString();
  }

  private Object writeReplace() {
    return new Written(toDiffusers());
  }

  private record Written(ObjectNode json) implements Serializable {
    private Object readResolve() {
      return fromDiffusers(json, "a scheduler");
    }
  }
}
