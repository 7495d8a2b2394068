package io.journey.score;

import io.journey.diffusion.OutputFunction;

/**
 * Relative influence (Barshan et al. 2020), with K = ΦᵀΦ + λI for the Hessian: φ_iᵀK⁻¹g/‖K⁻¹φ_i‖.
 */
public final class RelativeInfluence implements Estimator {
  @Override
  public String name() {
    return "relative-influence";
  }

  @Override
  public int order() {
    return 6;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS).withDamped(true);
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    DampedSolver solver = features.damped(damping);
    double[] lengths = solver.lengths();
    return targets -> targets.scaled(solver.influence(targets), (q, i) -> 1 / lengths[i]);
  }
}
