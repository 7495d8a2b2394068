package io.journey.score;

import io.journey.diffusion.OutputFunction;

/**
 * TRAK (Park et al. 2023) as applied to diffusion models: Φ(ΦᵀΦ + λI)⁻¹g with g the gradient of the
 * training loss of the finished image, averaged over steps; all steps have the same scores.
 */
public final class Trak implements Estimator {
  @Override
  public String name() {
    return "trak";
  }

  @Override
  public int order() {
    return 2;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS)
        .withTarget(FeatureRequirement.Target.AVERAGED)
        .withDamped(true);
  }

  @Override
  public boolean isLinear() {
    return true;
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    return features.damped(damping).scorer();
  }
}
