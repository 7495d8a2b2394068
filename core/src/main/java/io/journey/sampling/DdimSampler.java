package io.journey.sampling;

import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.SamplingConfig;
import io.journey.model.Checkpoint;

/**
 * Denoising diffusion implicit models (Song et al. 2021, formulas 12 and 16), as diffusers' {@code
 * DDIMScheduler}: with η = 0 the start decides the image, η = 1 adds as much noise as DDPM with
 * variance fixed_small.
 *
 * <p>As there, a step always ends ⌊T/n⌋ below its t, which with the spacings trailing and linspace
 * is not quite the t of the next step where T/n is not whole; and the direction to x_t takes the
 * noise as predicted, not the one that belongs to a clipped x̂0.
 */
public final class DdimSampler implements Sampler {
  private final Checkpoint checkpoint;
  private final SamplingConfig config;
  private final int[] timesteps;
  private final double eta;

  /**
   * Draws with the clipping and spacing of the checkpoint's scheduler.
   *
   * @param inferenceSteps how many steps a drawing takes, 1..T
   * @param eta η, 0..1
   */
  public DdimSampler(Checkpoint checkpoint, int inferenceSteps, double eta) {
    this(checkpoint, checkpoint.schedule().config().sampling(), inferenceSteps, eta);
  }

  /** Draws with other clipping and spacing. */
  public DdimSampler(Checkpoint checkpoint, SamplingConfig config, int inferenceSteps, double eta) {
    if (!(eta >= 0) || eta > 1) {
      throw new IllegalArgumentException("eta must be in [0, 1], got " + eta);
    }
    this.checkpoint = checkpoint;
    this.config = config.withKind(SamplingConfig.Kind.DDIM);
    this.timesteps = Drawing.timesteps(checkpoint.schedule(), config, inferenceSteps);
    this.eta = eta;
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
    return eta;
  }

  @Override
  public int[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public boolean addsNoise() {
    return eta > 0;
  }

  @Override
  public float[] step(int index, float[] xt, float[] output, float[] x0, float[] noise) {
    NoiseSchedule schedule = checkpoint.schedule();
    int t = timesteps[index];
    double alphaBar = schedule.alphaBar(t);
    double previous = previousAlphaBar(t);
    double variance = (1 - previous) / (1 - alphaBar) * (1 - alphaBar / previous);
    double sigma = eta * Math.sqrt(variance);
    double x0Weight = Math.sqrt(previous);
    // Rounding may take what is left for the direction below zero where η = 1.
    double direction = Math.sqrt(Math.max(0, 1 - previous - sigma * sigma));
    double[] predictedNoise = schedule.predictedNoise(xt, output, t);
    Clipping clipping = Clipping.of(config, x0);
    float[] out = new float[xt.length];
    for (int i = 0; i < xt.length; i++) {
      double fresh = noise == null ? 0 : sigma * noise[i];
      out[i] = (float) (x0Weight * clipping.of(x0[i]) + direction * predictedNoise[i] + fresh);
    }
    return out;
  }

  /** ᾱ where the step ends. */
  private double previousAlphaBar(int t) {
    NoiseSchedule schedule = checkpoint.schedule();
    int previous = t - schedule.steps() / timesteps.length;
    return previous < 0 && !config.setAlphaToOne()
        ? schedule.alphaBar(0)
        : schedule.alphaBar(previous);
  }
}
