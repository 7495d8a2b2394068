package io.journey.score;

import io.journey.diffusion.OutputFunction;

/** Journey-TRAK (Georgiev et al. 2023, Algorithm 1): Φ(ΦᵀΦ + λI)⁻¹g_t. */
public final class JourneyTrak implements Estimator {
  @Override
  public String name() {
    return "journey-trak";
  }

  @Override
  public int order() {
    return 1;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS).withDamped(true);
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
