package io.journey.score;

import io.journey.diffusion.ModelOutput;
import java.util.Arrays;

/**
 * The diffusion attribution score (Lin et al., ICLR 2025): how far the prediction at the target
 * moves when an example is left out, r_i·φ_iᵀK⁻¹g/(1 − φ_iᵀK⁻¹φ_i), with gradients of the mean
 * prediction, K = ΦᵀΦ + λI and r_i the root mean squared error at the example. The paper's score is
 * its square, which cannot be negative.
 */
public final class Das implements Estimator {
  private final boolean squared;

  /**
   * @param squared whether the scores are squared, as in the paper
   */
  public Das(boolean squared) {
    this.squared = squared;
  }

  @Override
  public String name() {
    return squared ? "das-squared" : "das-linear";
  }

  @Override
  public ModelOutput output() {
    return ModelOutput.MEAN;
  }

  @Override
  public double[] scores(Features features, Query query, double lambda) {
    Spectrum spectrum = features.spectrum();
    double[] scores = spectrum.influence(lambda, query.coordinates());
    double[] leverages = spectrum.quadratic(spectrum.damped(lambda, 1));
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= features.residuals()[i] / (1 - leverages[i]);
    }
    return squared ? Arrays.stream(scores).map(x -> x * x).toArray() : scores;
  }
}
