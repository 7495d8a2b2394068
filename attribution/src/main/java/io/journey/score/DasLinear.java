package io.journey.score;

import io.journey.diffusion.OutputFunction;

/**
 * The diffusion attribution score (Lin et al., ICLR 2025) before it is squared: how far the
 * prediction at the target moves when an example is left out, r_i·φ_iᵀK⁻¹g/(1 − φ_iᵀK⁻¹φ_i), with
 * gradients of the mean prediction, K = ΦᵀΦ + λI and r_i the root mean squared error at the
 * example.
 */
public final class DasLinear implements Estimator {
  @Override
  public String name() {
    return "das-linear";
  }

  @Override
  public int order() {
    return 8;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.MEAN).withResiduals(true).withDamped(true);
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    DampedSolver solver = features.damped(damping);
    double[] leverages = solver.leverages();
    double[] residuals = features.residuals();
    return targets ->
        targets.scaled(solver.influence(targets), (q, i) -> residuals[i] / (1 - leverages[i]));
  }
}
