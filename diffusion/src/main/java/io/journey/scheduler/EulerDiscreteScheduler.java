package io.journey.scheduler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.NoiseSchedule;
import io.journey.run.Json;

/**
 * Euler's method for the probability flow ODE (Karras et al. 2022, Algorithm 2 without churn), as
 * diffusers' {@code EulerDiscreteScheduler}. Samples x_0 + σ·ε are x_t times √(σ²+1).
 *
 * <p>Timesteps of the spacing linspace are rounded to whole ones, at which the model was trained;
 * diffusers asks between them.
 *
 * @param timestepSpacing which timesteps are visited
 * @param stepsOffset added to leading timesteps, at least 0
 * @param finalSigmasType σ behind the last step
 */
public record EulerDiscreteScheduler(
    TimestepSpacing timestepSpacing, int stepsOffset, FinalSigmasType finalSigmasType)
    implements Scheduler {

  public EulerDiscreteScheduler {
    TimestepSpacing.requireOffset(stepsOffset);
  }

  /** diffusers' defaults. */
  public EulerDiscreteScheduler() {
    this(TimestepSpacing.LINSPACE, 0, FinalSigmasType.ZERO);
  }

  @Override
  public String name() {
    return "euler";
  }

  @Override
  public String className() {
    return "EulerDiscreteScheduler";
  }

  @Override
  public boolean addsNoise() {
    return false;
  }

  @Override
  public ObjectNode fixedOptions() {
    return Json.object()
        .put("interpolation_type", "linear")
        .put("use_karras_sigmas", false)
        .put("use_exponential_sigmas", false)
        .put("use_beta_sigmas", false)
        .putNull("sigma_min")
        .putNull("sigma_max")
        .put("timestep_type", "discrete");
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    int[] timesteps = timestepSpacing.timesteps(schedule.steps(), count, stepsOffset);
    NoiseLevels levels = NoiseLevels.of(schedule, timesteps, finalSigmasType);
    return new EulerSteps(levels, timestepSpacing != TimestepSpacing.LEADING) {
      @Override
      double next(double sample, double slope, double sigma, double end, double noise) {
        return sample + slope * (end - sigma);
      }
    };
  }
}
