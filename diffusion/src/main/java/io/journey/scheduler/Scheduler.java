package io.journey.scheduler;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.NoiseSchedule;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The rule by which images are sampled: a class of diffusers' schedulers with its options.
 *
 * <p>An implementation is a record whose components are the options that it supports, in the order
 * and with the names of diffusers (in camel case): truths, numbers, texts and enums. Its public
 * constructor without parameters gives diffusers' defaults. A line in {@code
 * META-INF/services/io.journey.scheduler.Scheduler} registers it, from any module.
 */
@JsonNaming(SnakeCaseStrategy.class)
public interface Scheduler {
  /** Returns the short name that the command line takes, such as {@code euler}. */
  String name();

  /** Returns the name of diffusers' class, such as {@code EulerDiscreteScheduler}. */
  String className();

  /**
   * Makes the steps of a drawing.
   *
   * @param schedule ᾱ_t, and what the model predicts
   * @param count inference steps
   * @throws SettingException if there are no such steps, or the scheduler cannot draw with this
   *     schedule
   */
  InferenceSteps steps(NoiseSchedule schedule, int count);

  /** Returns whether steps add noise, so that x_t leaves the picture open. */
  boolean addsNoise();

  /**
   * Returns the options of diffusers' class of which one value is supported, with that value. A
   * file may leave them out or set them to null.
   */
  default ObjectNode fixedOptions() {
    return Json.object();
  }

  /**
   * Returns those of {@link #fixedOptions} that a file of this class must give, because diffusers'
   * default is another value.
   */
  default Set<String> requiredOptions() {
    return Set.of();
  }

  /** Returns η, the share of fresh noise, of a scheduler that has it. */
  default OptionalDouble eta() {
    return OptionalDouble.empty();
  }

  /**
   * Returns the same with another η.
   *
   * @param eta 0 (no noise) to 1
   * @throws SettingException if it is out of range, or not 0 where there is no η
   */
  default Scheduler withEta(double eta) {
    if (eta != 0) {
      throw new SettingException(
          "eta is DDIM's, " + name() + " has none: leave it out, got " + eta);
    }
    return this;
  }

  /** Returns the class of diffusers' pipeline that draws with it. */
  default String pipelineName() {
    return "DDPMPipeline";
  }

  /**
   * Returns the same with another value of an option.
   *
   * @param option in the name of diffusers, such as {@code clip_sample}
   * @throws SettingException if there is no such option, or no such value
   */
  default Scheduler with(String option, Object value) {
    return SchedulerOptions.with(this, option, value);
  }
}
