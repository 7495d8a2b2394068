package io.journey.scheduler;

import io.journey.diffusion.NoiseSchedule;

/**
 * Euler's method with fresh noise in every step, as much as DDPM adds (k-diffusion's {@code
 * sample_euler_ancestral}), as diffusers' {@code EulerAncestralDiscreteScheduler}: a step goes down
 * beyond the next noise level and is noised up to it. Timesteps are those of {@link
 * EulerDiscreteScheduler}.
 *
 * @param timestepSpacing which timesteps are visited
 * @param stepsOffset added to leading timesteps, at least 0
 */
public record EulerAncestralDiscreteScheduler(TimestepSpacing timestepSpacing, int stepsOffset)
    implements Scheduler {

  public EulerAncestralDiscreteScheduler {
    TimestepSpacing.requireOffset(stepsOffset);
  }

  /** diffusers' defaults. */
  public EulerAncestralDiscreteScheduler() {
    this(TimestepSpacing.LINSPACE, 0);
  }

  @Override
  public String name() {
    return "euler-ancestral";
  }

  @Override
  public String className() {
    return "EulerAncestralDiscreteScheduler";
  }

  @Override
  public boolean addsNoise() {
    return true;
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    int[] timesteps = timestepSpacing.timesteps(schedule.steps(), count, stepsOffset);
    NoiseLevels levels = NoiseLevels.of(schedule, timesteps, FinalSigmasType.ZERO);
    return new EulerSteps(levels, timestepSpacing != TimestepSpacing.LEADING) {
      @Override
      double next(double sample, double slope, double sigma, double end, double noise) {
        double up = Math.sqrt(end * end * (sigma * sigma - end * end) / (sigma * sigma));
        double down = Math.sqrt(end * end - up * up);
        return sample + slope * (down - sigma) + up * noise;
      }
    };
  }
}
