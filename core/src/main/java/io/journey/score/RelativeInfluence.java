package io.journey.score;

/**
 * Relative influence (Barshan et al. 2020), with K = ΦᵀΦ + λI for the Hessian: φ_iᵀK⁻¹g/‖K⁻¹φ_i‖.
 */
public final class RelativeInfluence implements Estimator {
  @Override
  public String name() {
    return "relative-influence";
  }

  @Override
  public double[] scores(Features features, Query query, double lambda) {
    Spectrum spectrum = features.spectrum();
    double[] scores = spectrum.influence(lambda, query.coordinates());
    double[] squares = spectrum.quadratic(spectrum.damped(lambda, 2));
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= Math.sqrt(squares[i]);
    }
    return scores;
  }
}
