package io.journey.diffusion;

import io.journey.run.SettingException;
import java.util.List;

/**
 * How training noises images and what the model learns to predict, in the fields and defaults of
 * diffusers' schedulers. Training and attribution need nothing else of a scheduler.
 *
 * @param numTrainTimesteps T, 1..1 000 000
 * @param betaStart β_0 of schedules that use it
 * @param betaEnd β_{T−1} of schedules that use it
 * @param betaSchedule how β_t lies between them
 * @param trainedBetas every β_t, [T], in (0, 1], instead of a schedule; null: none
 * @param rescaleBetasZeroSnr whether √ᾱ is shifted and scaled so that ᾱ_{T−1} = 0 (Lin et al. 2024,
 *     Algorithm 1)
 * @param predictionType what the model predicts
 */
public record ForwardConfig(
    int numTrainTimesteps,
    double betaStart,
    double betaEnd,
    BetaSchedule betaSchedule,
    List<Double> trainedBetas,
    boolean rescaleBetasZeroSnr,
    PredictionType predictionType) {
  private static final int MAX_STEPS = 1_000_000;

  /** The paper's: T = 1000, β linear from 1e-4 to 0.02, the model predicts ε. */
  public static final ForwardConfig DEFAULT =
      new ForwardConfig(1000, 1e-4, 0.02, BetaSchedule.LINEAR, null, false, PredictionType.EPSILON);

  public ForwardConfig {
    if (numTrainTimesteps < 1 || numTrainTimesteps > MAX_STEPS) {
      throw new SettingException(
          "num_train_timesteps must be between 1 and " + MAX_STEPS + ", got " + numTrainTimesteps);
    }
    if (!(betaStart > 0) || !(betaEnd >= betaStart) || !(betaEnd < 1)) {
      throw new SettingException(
          "0 < beta_start <= beta_end < 1 must hold, got " + betaStart + " and " + betaEnd);
    }
    if (trainedBetas != null) {
      trainedBetas = List.copyOf(trainedBetas);
      requireBetas(trainedBetas, numTrainTimesteps);
    }
    if (rescaleBetasZeroSnr && numTrainTimesteps < 2) {
      throw new SettingException("rescale_betas_zero_snr needs at least 2 steps");
    }
  }

  private static void requireBetas(List<Double> betas, int steps) {
    if (betas.size() != steps) {
      throw new SettingException(
          "trained_betas must have num_train_timesteps " + steps + " numbers, got " + betas.size());
    }
    for (double beta : betas) {
      if (!(beta > 0) || beta > 1) {
        throw new SettingException("trained_betas must lie in (0, 1], got " + beta);
      }
    }
  }

  /** The same with another thing to predict. */
  public ForwardConfig withPredictionType(PredictionType other) {
    return new ForwardConfig(
        numTrainTimesteps,
        betaStart,
        betaEnd,
        betaSchedule,
        trainedBetas,
        rescaleBetasZeroSnr,
        other);
  }

  /** ᾱ_t = Π_{s≤t} (1 − β_s) in float64, [T]. */
  double[] alphaBar() {
    double[] alphaBar = new double[numTrainTimesteps];
    double product = 1;
    for (int t = 0; t < alphaBar.length; t++) {
      double beta =
          trainedBetas == null
              ? betaSchedule.beta(t, numTrainTimesteps, betaStart, betaEnd)
              : trainedBetas.get(t);
      product *= 1 - beta;
      alphaBar[t] = product;
    }
    return rescaleBetasZeroSnr ? rescaled(alphaBar) : alphaBar;
  }

  private static double[] rescaled(double[] alphaBar) {
    double first = Math.sqrt(alphaBar[0]);
    double last = Math.sqrt(alphaBar[alphaBar.length - 1]);
    double scale = first / (first - last);
    double[] out = new double[alphaBar.length];
    for (int t = 0; t < out.length; t++) {
      double root = (Math.sqrt(alphaBar[t]) - last) * scale;
      out[t] = root * root;
    }
    return out;
  }
}
