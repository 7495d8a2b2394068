package io.journey.score;

import io.journey.diffusion.OutputFunction;

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
  public int order() {
    return 7;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS).withDamped(true);
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    DampedSolver solver = features.damped(damping);
    double[] norms = features.norms();
    return targets -> targets.scaled(solver.influence(targets), (q, i) -> 1 / norms[i]);
  }
}
