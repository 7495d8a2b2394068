package io.journey.score;

import java.util.Arrays;

/**
 * Renormalized influence (Hammoudeh and Lowd 2022), with K = ΦᵀΦ + λI for the Hessian:
 * φ_iᵀK⁻¹g/‖φ_i‖.
 */
public final class RenormalizedInfluence implements Estimator {
  @Override
  public String name() {
    return "renormalized-influence";
  }

  @Override
  public double[] scores(Features features, Query query, double lambda) {
    Spectrum spectrum = features.spectrum();
    double[] scores = spectrum.influence(lambda, query.coordinates());
    double[] norms = norms(spectrum);
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= norms[i];
    }
    return scores;
  }

  /** ‖φ_i‖ of every example. */
  static double[] norms(Spectrum spectrum) {
    double[] ones = new double[spectrum.rank()];
    Arrays.fill(ones, 1);
    return Arrays.stream(spectrum.quadratic(ones)).map(Math::sqrt).toArray();
  }
}
