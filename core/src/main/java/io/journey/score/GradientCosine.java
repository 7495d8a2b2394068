package io.journey.score;

import java.util.Arrays;

/**
 * The cosine of gradients, φ_iᵀg/(‖φ_i‖·‖g‖), as in GAS (Hammoudeh and Lowd 2022) with the last
 * checkpoint of each training. ‖g‖ is that of g's part within the span of Φ.
 */
public final class GradientCosine implements Estimator {
  @Override
  public String name() {
    return "tracin-cosine";
  }

  @Override
  public boolean damped() {
    return false;
  }

  @Override
  public double[] scores(Features features, Query query, double lambda) {
    Spectrum spectrum = features.spectrum();
    double[] scores = query.products().clone();
    double length = Math.sqrt(Arrays.stream(query.coordinates()).map(x -> x * x).sum());
    double[] norms = RenormalizedInfluence.norms(spectrum);
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= norms[i] * length;
    }
    return scores;
  }
}
