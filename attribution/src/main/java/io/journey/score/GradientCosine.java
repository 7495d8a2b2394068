package io.journey.score;

import io.journey.diffusion.OutputFunction;

/**
 * The cosine of gradients, φ_iᵀg/(‖φ_i‖·‖g‖), as in GAS (Hammoudeh and Lowd 2022) with the last
 * checkpoint of each training.
 */
public final class GradientCosine implements Estimator {
  @Override
  public String name() {
    return "tracin-cosine";
  }

  @Override
  public int order() {
    return 5;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS);
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    double[] norms = features.norms();
    return targets -> {
      double[] lengths = targets.norms();
      return targets.scaled(targets.products(), (q, i) -> 1 / (norms[i] * lengths[q]));
    };
  }
}
