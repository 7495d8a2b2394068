package io.journey.diffusion;

import io.journey.run.SettingException;

/**
 * The noise schedule of training, as numbers: ᾱ_t in float64, so that q(x_t | x_0) = N(√ᾱ_t·x_0,
 * (1−ᾱ_t)·I) (Ho et al. 2020), and what the model's output says of x_0 and ε.
 */
public final class NoiseSchedule {
  private final ForwardConfig forward;
  private final PredictionType predictionType;
  private final double[] alphaBar;

  private NoiseSchedule(ForwardConfig forward) {
    this.forward = forward;
    this.predictionType = forward.predictionType();
    this.alphaBar = forward.alphaBar();
    for (int t = 0; t < alphaBar.length - 1; t++) {
      if (!(alphaBar[t] > 0)) {
        throw new SettingException(
            "the image is gone before the last step: ᾱ_" + t + " is " + alphaBar[t]);
      }
    }
  }

  /**
   * Computes the schedule of some settings.
   *
   * @throws SettingException if ᾱ reaches 0 before the last step
   */
  public static NoiseSchedule of(ForwardConfig forward) {
    return new NoiseSchedule(forward);
  }

  /** Returns the schedule of the paper: T = 1000, β from 1e-4 to 0.02, the model predicts ε. */
  public static NoiseSchedule ddpm() {
    return of(ForwardConfig.DEFAULT);
  }

  /** Returns the settings it was made from. */
  public ForwardConfig forward() {
    return forward;
  }

  /** Returns the objective that the model predicts. */
  public PredictionType predictionType() {
    return predictionType;
  }

  /** T. */
  public int steps() {
    return alphaBar.length;
  }

  /** ᾱ_t, 0 &lt;= t &lt; T; ᾱ of any negative t is 1, the clean image. */
  public double alphaBar(int t) {
    return t < 0 ? 1 : alphaBar[t];
  }

  /** √ᾱ_t, the share of the image in x_t. */
  double signal(int t) {
    return Math.sqrt(alphaBar(t));
  }

  /** √(1−ᾱ_t), the share of the noise in x_t. */
  double sigma(int t) {
    return Math.sqrt(1 - alphaBar(t));
  }

  /**
   * Refuses a step that is not one of 0..T−1.
   *
   * @throws SettingException if it is not
   */
  public void requireStep(int t) {
    if (t < 0 || t >= steps()) {
      throw new SettingException(
          "step " + t + " is none of the model's, which are 0 to " + (steps() - 1));
    }
  }

  /**
   * Whether x_0 can be estimated at a step: not by predicted noise where x_t is nothing else.
   *
   * @throws SettingException if not
   */
  public void requireEstimable(int t) {
    if (predictionType == PredictionType.EPSILON && alphaBar(t) == 0) {
      throw new SettingException(
          "step "
              + t
              + " is pure noise (rescale_betas_zero_snr), from which a model that predicts epsilon"
              + " gives no image: use leading spacing, or steps below "
              + t);
    }
  }

  /**
   * Puts noise into a clean image: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε.
   *
   * @param image x_0, [C·H·W]
   * @param noise ε, [..., C·H·W]
   * @param offset where the image's own begins
   * @return x_t, [C·H·W]
   */
  public float[] noisy(float[] image, float[] noise, int offset, int t) {
    double signal = signal(t);
    double sigma = sigma(t);
    float[] xt = new float[image.length];
    for (int i = 0; i < xt.length; i++) {
      xt[i] = (float) (signal * image[i] + sigma * noise[offset + i]);
    }
    return xt;
  }

  /**
   * One-step estimate of the clean image from x_t (Georgiev et al., section 2.2), such as x̂0 =
   * (x_t − √(1−ᾱ_t)·ε) / √ᾱ_t where the model predicts ε.
   *
   * @param xt latents at step t, [C·H·W]
   * @param output the model's at (x_t, t), [C·H·W]
   * @return x̂0, not clipped, [C·H·W]
   */
  public float[] predictedOriginal(float[] xt, float[] output, int t) {
    requireEstimable(t);
    double signal = signal(t);
    double sigma = sigma(t);
    float[] x0 = new float[xt.length];
    for (int i = 0; i < xt.length; i++) {
      x0[i] = (float) predictionType.original(xt[i], output[i], signal, sigma);
    }
    return x0;
  }

  /**
   * Returns the noise in x_t.
   *
   * @param xt latents at step t, [C·H·W]
   * @param output the model's at (x_t, t), [C·H·W]
   * @return ε̂, [C·H·W]
   */
  public double[] predictedNoise(float[] xt, float[] output, int t) {
    double signal = signal(t);
    double sigma = sigma(t);
    double[] noise = new double[xt.length];
    for (int i = 0; i < xt.length; i++) {
      noise[i] = predictionType.noise(xt[i], output[i], signal, sigma);
    }
    return noise;
  }
}
