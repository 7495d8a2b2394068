package io.journey.score;

/**
 * Influence with eigenvalue-corrected Kronecker factors (George et al. 2018; Grosse et al. 2023;
 * for diffusion models Mlodozeniec et al. 2024): ∇ℓ_iᵀ(F + λI)⁻¹∇f_t. Features and targets hold the
 * factor (F + λI)^(−1/2) each, so their product is all that is left.
 */
public final class EkfacInfluence implements GradientProduct {
  @Override
  public String name() {
    return "ek-fac";
  }

  @Override
  public boolean preconditioned() {
    return true;
  }
}
