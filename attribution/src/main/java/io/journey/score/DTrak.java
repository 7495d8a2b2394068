package io.journey.score;

import io.journey.diffusion.OutputFunction;

/**
 * D-TRAK (Zheng et al., ICLR 2024) at one step: Φ(ΦᵀΦ + λI)⁻¹g where both are gradients of the
 * squared prediction ‖ε_θ‖² in place of the loss. There the target's is averaged over steps.
 */
public final class DTrak implements Estimator {
  @Override
  public String name() {
    return "d-trak";
  }

  @Override
  public int order() {
    return 3;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.NORM).withDamped(true);
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
