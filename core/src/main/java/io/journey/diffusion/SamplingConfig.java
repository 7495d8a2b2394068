package io.journey.diffusion;

/**
 * How a scheduler draws, in the fields and defaults of diffusers' {@code DDPMScheduler} and {@code
 * DDIMScheduler}.
 *
 * @param kind which of the two
 * @param varianceType of the noise DDPM adds
 * @param clipSample whether x̂0 is clipped before each step
 * @param clipSampleRange to plus or minus this, above 0
 * @param thresholding dynamic thresholding of x̂0 instead of clipping (Saharia et al. 2022)
 * @param dynamicThresholdingRatio the quantile of |x̂0| it takes, 0..1
 * @param sampleMaxValue the largest threshold, above 0
 * @param timestepSpacing which steps are visited
 * @param stepsOffset added to leading steps, at least 0
 * @param setAlphaToOne whether ᾱ behind DDIM's last step is 1, otherwise ᾱ_0
 */
public record SamplingConfig(
    Kind kind,
    VarianceType varianceType,
    boolean clipSample,
    double clipSampleRange,
    boolean thresholding,
    double dynamicThresholdingRatio,
    double sampleMaxValue,
    TimestepSpacing timestepSpacing,
    int stepsOffset,
    boolean setAlphaToOne) {

  /** The samplers there are. */
  public enum Kind {
    /** Ancestral sampling (Ho et al. 2020). */
    DDPM,
    /** Deterministic for η = 0 (Song et al. 2021). */
    DDIM;

    /** The name of diffusers' class. */
    public String className() {
      return name() + "Scheduler";
    }
  }

  /** σ² of the noise DDPM adds in the step from t to t'. */
  public enum VarianceType {
    /** β̃ = (1−ᾱ_t')/(1−ᾱ_t)·(1 − ᾱ_t/ᾱ_t'), at least 1e-20. */
    FIXED_SMALL,
    /** exp(log β̃): fixed_small with another rounding. */
    FIXED_SMALL_LOG,
    /** 1 − ᾱ_t/ᾱ_t'. */
    FIXED_LARGE
  }

  /** Those of {@code DDPMScheduler}. */
  public static final SamplingConfig DEFAULT =
      new SamplingConfig(
          Kind.DDPM,
          VarianceType.FIXED_SMALL,
          true,
          1,
          false,
          0.995,
          1,
          TimestepSpacing.LEADING,
          0,
          true);

  public SamplingConfig {
    check(clipSampleRange > 0, "clip_sample_range must be above 0, got " + clipSampleRange);
    check(
        dynamicThresholdingRatio >= 0 && dynamicThresholdingRatio <= 1,
        "dynamic_thresholding_ratio must be in [0, 1], got " + dynamicThresholdingRatio);
    check(sampleMaxValue > 0, "sample_max_value must be above 0, got " + sampleMaxValue);
    check(stepsOffset >= 0, "steps_offset must be at least 0, got " + stepsOffset);
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The same drawn by another sampler. */
  public SamplingConfig withKind(Kind other) {
    return with(other, timestepSpacing);
  }

  /** The same with other steps. */
  public SamplingConfig withTimestepSpacing(TimestepSpacing other) {
    return with(kind, other);
  }

  private SamplingConfig with(Kind newKind, TimestepSpacing newSpacing) {
    return new SamplingConfig(
        newKind,
        varianceType,
        clipSample,
        clipSampleRange,
        thresholding,
        dynamicThresholdingRatio,
        sampleMaxValue,
        newSpacing,
        stepsOffset,
        setAlphaToOne);
  }
}
