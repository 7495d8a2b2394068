package io.journey.score;

import io.journey.diffusion.OutputFunction;
import io.journey.preconditioner.PreconditionerConfig;

/**
 * Influence with eigenvalue-corrected Kronecker factors (George et al. 2018; Grosse et al. 2023;
 * for diffusion models Mlodozeniec et al. 2024): ∇ℓ_iᵀ(F + λI)⁻¹∇f_t. Features and targets hold the
 * factor (F + λI)^(−1/2) each, so their product is all that is left.
 */
public final class EkfacInfluence implements Estimator {
  @Override
  public String name() {
    return "ek-fac";
  }

  @Override
  public int order() {
    return 10;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS)
        .withPreconditioner(PreconditionerConfig.Kind.EKFAC);
  }

  @Override
  public boolean isLinear() {
    return true;
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    return TargetFeatures.PRODUCTS;
  }
}
