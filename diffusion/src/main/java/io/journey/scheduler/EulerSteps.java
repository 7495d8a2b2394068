package io.journey.scheduler;

/**
 * Steps along the slope (sample − x̂0)/σ from one noise level to the next, where a sample is x_0 +
 * σ·ε, which is x_t times √(σ²+1).
 */
abstract class EulerSteps implements InferenceSteps {
  private final NoiseLevels levels;
  private final boolean startsWithNoiseAlone;

  /**
   * @param startsWithNoiseAlone whether the first sample is σ·ε, otherwise √(σ²+1)·ε
   */
  EulerSteps(NoiseLevels levels, boolean startsWithNoiseAlone) {
    this.levels = levels;
    this.startsWithNoiseAlone = startsWithNoiseAlone;
  }

  /**
   * Returns a number of the next sample.
   *
   * @param slope of the sample over σ
   * @param sigma σ of the sample
   * @param end σ of the next
   * @param noise standard Gaussian; 0 where none is added
   */
  abstract double next(double sample, double slope, double sigma, double end, double noise);

  @Override
  public final int[] timesteps() {
    return levels.timesteps();
  }

  @Override
  public final double initNoiseSigma() {
    return startsWithNoiseAlone ? levels.noise(0) : 1;
  }

  @Override
  public final State begin(int index) {
    return this::step;
  }

  private float[] step(int index, float[] xt, float[] output, float[] noise) {
    double sigma = levels.sigmas()[index];
    double end = levels.sigmas()[index + 1];
    boolean isLast = index + 1 == levels.timesteps().length;
    double scale = isLast ? 1 : levels.signal(index + 1);
    float[] out = new float[xt.length];
    for (int i = 0; i < out.length; i++) {
      double sample = xt[i] / levels.signal(index);
      double slope = (sample - levels.original(index, xt[i], output[i])) / sigma;
      double fresh = noise == null ? 0 : noise[i];
      out[i] = (float) (scale * next(sample, slope, sigma, end, fresh));
    }
    return out;
  }
}
