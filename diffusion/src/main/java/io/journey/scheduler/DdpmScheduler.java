package io.journey.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.diffusion.NoiseSchedule;

/**
 * Ancestral sampling (Ho et al. 2020, Algorithm 2 and formula 7) over the steps visited, as
 * diffusers' {@code DDPMScheduler}. Noise is added in every step but one at t = 0.
 *
 * @param varianceType of the noise
 * @param clipSample whether x̂0 is clipped before each step
 * @param clipSampleRange to plus or minus this, above 0
 * @param thresholding dynamic thresholding of x̂0 instead of clipping (Saharia et al. 2022)
 * @param dynamicThresholdingRatio the quantile of |x̂0| it takes, 0..1
 * @param sampleMaxValue the largest threshold, above 0
 * @param timestepSpacing which timesteps are visited
 * @param stepsOffset added to leading timesteps, at least 0
 */
public record DdpmScheduler(
    VarianceType varianceType,
    boolean clipSample,
    double clipSampleRange,
    boolean thresholding,
    double dynamicThresholdingRatio,
    double sampleMaxValue,
    TimestepSpacing timestepSpacing,
    int stepsOffset)
    implements Scheduler, Clipping.Options {
  private static final double SMALLEST_VARIANCE = 1e-20;

  /** σ² of the noise in the step from t to t'. */
  public enum VarianceType {
    /** β̃ = (1−ᾱ_t')/(1−ᾱ_t)·(1 − ᾱ_t/ᾱ_t'), at least 1e-20. */
    @JsonProperty("fixed_small")
    FIXED_SMALL {
      @Override
      double variance(double beta, double previous, double alphaBar) {
        return Math.max(beta * (1 - previous) / (1 - alphaBar), SMALLEST_VARIANCE);
      }
    },
    /** exp(log β̃): fixed_small with another rounding. */
    @JsonProperty("fixed_small_log")
    FIXED_SMALL_LOG {
      @Override
      double variance(double beta, double previous, double alphaBar) {
        return FIXED_SMALL.variance(beta, previous, alphaBar);
      }
    },
    /** 1 − ᾱ_t/ᾱ_t'. */
    @JsonProperty("fixed_large")
    FIXED_LARGE {
      @Override
      double variance(double beta, double previous, double alphaBar) {
        return beta;
      }
    };

    abstract double variance(double beta, double previous, double alphaBar);
  }

  public DdpmScheduler {
    Clipping.require(clipSampleRange, dynamicThresholdingRatio, sampleMaxValue);
    TimestepSpacing.requireOffset(stepsOffset);
  }

  /** diffusers' defaults. */
  public DdpmScheduler() {
    this(VarianceType.FIXED_SMALL, true, 1, false, 0.995, 1, TimestepSpacing.LEADING, 0);
  }

  @Override
  public String name() {
    return "ddpm";
  }

  @Override
  public String className() {
    return "DDPMScheduler";
  }

  @Override
  public boolean addsNoise() {
    return true;
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    return new Steps(
        this, schedule, timestepSpacing.timesteps(schedule.steps(), count, stepsOffset));
  }

  /**
   * Code to paper: {@code alphaBar} ᾱ_t, {@code previous} ᾱ of the next step drawn, {@code x0} x̂0.
   */
  private record Steps(DdpmScheduler options, NoiseSchedule schedule, int[] timesteps)
      implements InferenceSteps {
    @Override
    public State begin(int index) {
      return this::step;
    }

    private float[] step(int index, float[] xt, float[] output, float[] noise) {
      int t = timesteps[index];
      float[] x0 = schedule.predictedOriginal(xt, output, t);
      double alphaBar = schedule.alphaBar(t);
      double previous = index + 1 < timesteps.length ? schedule.alphaBar(timesteps[index + 1]) : 1;
      double alpha = alphaBar / previous;
      double beta = 1 - alpha;
      double x0Weight = Math.sqrt(previous) * beta / (1 - alphaBar);
      double xtWeight = Math.sqrt(alpha) * (1 - previous) / (1 - alphaBar);
      double sigma = t > 0 ? Math.sqrt(options.varianceType.variance(beta, previous, alphaBar)) : 0;
      Clipping clipping = Clipping.of(x0, options);
      float[] out = new float[xt.length];
      for (int i = 0; i < xt.length; i++) {
        out[i] = (float) (x0Weight * clipping.clip(x0[i]) + xtWeight * xt[i] + sigma * noise[i]);
      }
      return out;
    }
  }
}
