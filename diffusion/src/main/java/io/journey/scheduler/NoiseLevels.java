package io.journey.scheduler;

import io.journey.diffusion.NoiseSchedule;

/**
 * The noise levels of a drawing, as the schedulers have them that follow Karras et al. (2022): σ =
 * √((1−ᾱ)/ᾱ), the noise in a sample whose image has the share 1.
 *
 * @param schedule what the model predicts
 * @param timesteps t of each step, falling, [n]
 * @param sigmas σ of each step and behind the last, [n + 1]
 */
record NoiseLevels(NoiseSchedule schedule, int[] timesteps, double[] sigmas) {
  /** ᾱ_{T−1} of drawings where training has 0: float16's smallest number, as in diffusers. */
  private static final double SMALLEST_ALPHA_BAR = 0x1p-24;

  static NoiseLevels of(NoiseSchedule schedule, int[] timesteps, FinalSigmasType end) {
    double[] sigmas = new double[timesteps.length + 1];
    for (int i = 0; i < timesteps.length; i++) {
      sigmas[i] = sigma(schedule, timesteps[i]);
    }
    sigmas[timesteps.length] = end.sigma(schedule);
    return new NoiseLevels(schedule, timesteps, sigmas);
  }

  /** σ at t. */
  static double sigma(NoiseSchedule schedule, int t) {
    double alphaBar = schedule.alphaBar(t) == 0 ? SMALLEST_ALPHA_BAR : schedule.alphaBar(t);
    return Math.sqrt((1 - alphaBar) / alphaBar);
  }

  /** √ᾱ, the share of the image in x_t. */
  double signal(int index) {
    return 1 / Math.sqrt(sigmas[index] * sigmas[index] + 1);
  }

  /** √(1−ᾱ), the share of the noise in x_t. */
  double noise(int index) {
    return sigmas[index] * signal(index);
  }

  /** x̂0 of a number of x_t and of the output. */
  double original(int index, double xt, double output) {
    return schedule.predictionType().original(xt, output, signal(index), noise(index));
  }
}
