package io.journey.scheduler;

import io.journey.diffusion.NoiseSchedule;
import io.journey.run.SettingException;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.OptionalDouble;

/**
 * Denoising diffusion implicit models (Song et al. 2021, formulas 12 and 16), as diffusers' {@code
 * DDIMScheduler}: with η = 0 the start decides the image, η = 1 adds as much noise as DDPM with
 * variance fixed_small.
 *
 * <p>As there, a step always ends ⌊T/n⌋ below its t, which with the spacings trailing and linspace
 * is not quite the t of the next step where T/n is not whole; and the direction to x_t takes the
 * noise as predicted, not the one that belongs to a clipped x̂0.
 *
 * @param clipSample whether x̂0 is clipped before each step
 * @param clipSampleRange to plus or minus this, above 0
 * @param thresholding dynamic thresholding of x̂0 instead of clipping (Saharia et al. 2022)
 * @param dynamicThresholdingRatio the quantile of |x̂0| it takes, 0..1
 * @param sampleMaxValue the largest threshold, above 0
 * @param timestepSpacing which timesteps are visited
 * @param stepsOffset added to leading timesteps, at least 0
 * @param setAlphaToOne whether ᾱ behind the last step is 1, otherwise ᾱ_0
 * @param etaValue η, 0..1
 */
@RecordBuilder
public record DdimScheduler(
    boolean clipSample,
    double clipSampleRange,
    boolean thresholding,
    double dynamicThresholdingRatio,
    double sampleMaxValue,
    TimestepSpacing timestepSpacing,
    int stepsOffset,
    boolean setAlphaToOne,
    double etaValue)
    implements Scheduler, Clipping.Options, DdimSchedulerBuilder.With {

  public DdimScheduler {
    Clipping.require(clipSampleRange, dynamicThresholdingRatio, sampleMaxValue);
    TimestepSpacing.requireOffset(stepsOffset);
    if (!(etaValue >= 0) || etaValue > 1) {
      throw new SettingException("eta must be in [0, 1], got " + etaValue);
    }
  }

  /** diffusers' defaults. */
  public DdimScheduler() {
    this(true, 1, false, 0.995, 1, TimestepSpacing.LEADING, 0, true, 0);
  }

  @Override
  public String name() {
    return "ddim";
  }

  @Override
  public String className() {
    return "DDIMScheduler";
  }

  @Override
  public String pipelineName() {
    return "DDIMPipeline";
  }

  @Override
  public boolean addsNoise() {
    return etaValue > 0;
  }

  @Override
  public OptionalDouble eta() {
    return OptionalDouble.of(etaValue);
  }

  @Override
  public DdimScheduler withEta(double eta) {
    return withEtaValue(eta);
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    return new Steps(
        this, schedule, timestepSpacing.timesteps(schedule.steps(), count, stepsOffset));
  }

  private record Steps(DdimScheduler options, NoiseSchedule schedule, int[] timesteps)
      implements InferenceSteps {
    @Override
    public State begin(int index) {
      return this::step;
    }

    private float[] step(int index, float[] xt, float[] output, float[] noise) {
      int t = timesteps[index];
      float[] x0 = schedule.predictedOriginal(xt, output, t);
      double alphaBar = schedule.alphaBar(t);
      double previous = previousAlphaBar(t);
      double variance = (1 - previous) / (1 - alphaBar) * (1 - alphaBar / previous);
      double sigma = options.etaValue * Math.sqrt(variance);
      double x0Weight = Math.sqrt(previous);
      // Rounding may take what is left for the direction below zero where η = 1.
      double direction = Math.sqrt(Math.max(0, 1 - previous - sigma * sigma));
      double[] predictedNoise = schedule.predictedNoise(xt, output, t);
      Clipping clipping = Clipping.of(x0, options);
      float[] out = new float[xt.length];
      for (int i = 0; i < xt.length; i++) {
        double fresh = noise == null ? 0 : sigma * noise[i];
        out[i] = (float) (x0Weight * clipping.clip(x0[i]) + direction * predictedNoise[i] + fresh);
      }
      return out;
    }

    /** ᾱ where the step ends. */
    private double previousAlphaBar(int t) {
      int previous = t - schedule.steps() / timesteps.length;
      return previous < 0 && !options.setAlphaToOne
          ? schedule.alphaBar(0)
          : schedule.alphaBar(previous);
    }
  }
}
