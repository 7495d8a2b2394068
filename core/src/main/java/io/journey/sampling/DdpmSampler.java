package io.journey.sampling;

import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.SamplingConfig;
import io.journey.model.Checkpoint;

/**
 * Ancestral sampling (Ho et al. 2020, Algorithm 2 and formula 7) over the steps visited, as
 * diffusers' {@code DDPMScheduler}. Noise is added in every step but one at t = 0.
 *
 * <p>Code to paper: {@code alphaBar} ᾱ_t, {@code previous} ᾱ of the next step drawn, {@code x0}
 * x̂0.
 */
public final class DdpmSampler implements Sampler {
  private static final double SMALLEST_VARIANCE = 1e-20;

  private final Checkpoint checkpoint;
  private final SamplingConfig config;
  private final int[] timesteps;

  /**
   * Draws with the clipping, variance and spacing of the checkpoint's scheduler.
   *
   * @param inferenceSteps how many steps a drawing takes, 1..T
   */
  public DdpmSampler(Checkpoint checkpoint, int inferenceSteps) {
    this(checkpoint, checkpoint.schedule().config().sampling(), inferenceSteps);
  }

  /** Draws with other clipping, variance and spacing. */
  public DdpmSampler(Checkpoint checkpoint, SamplingConfig config, int inferenceSteps) {
    this.checkpoint = checkpoint;
    this.config = config.withKind(SamplingConfig.Kind.DDPM);
    this.timesteps = Drawing.timesteps(checkpoint.schedule(), config, inferenceSteps);
  }

  @Override
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  @Override
  public SamplingConfig config() {
    return config;
  }

  @Override
  public double eta() {
    return 0;
  }

  @Override
  public int[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public boolean addsNoise() {
    return true;
  }

  @Override
  public float[] step(int index, float[] xt, float[] output, float[] x0, float[] noise) {
    NoiseSchedule schedule = checkpoint.schedule();
    int t = timesteps[index];
    double alphaBar = schedule.alphaBar(t);
    double previous = index + 1 < timesteps.length ? schedule.alphaBar(timesteps[index + 1]) : 1;
    double alpha = alphaBar / previous;
    double beta = 1 - alpha;
    double x0Weight = Math.sqrt(previous) * beta / (1 - alphaBar);
    double xtWeight = Math.sqrt(alpha) * (1 - previous) / (1 - alphaBar);
    double sigma = t > 0 ? Math.sqrt(variance(beta, previous, alphaBar)) : 0;
    Clipping clipping = Clipping.of(config, x0);
    float[] out = new float[xt.length];
    for (int i = 0; i < xt.length; i++) {
      out[i] = (float) (x0Weight * clipping.of(x0[i]) + xtWeight * xt[i] + sigma * noise[i]);
    }
    return out;
  }

  private double variance(double beta, double previous, double alphaBar) {
    return switch (config.varianceType()) {
      case FIXED_SMALL, FIXED_SMALL_LOG ->
          Math.max(beta * (1 - previous) / (1 - alphaBar), SMALLEST_VARIANCE);
      case FIXED_LARGE -> beta;
    };
  }
}
