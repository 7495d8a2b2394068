package io.journey.score;

import io.journey.diffusion.OutputFunction;

/**
 * TracIn (Pruthi et al. 2020) with the last checkpoint of each training: φ_iᵀg. TracIn's sum over
 * the checkpoints of one training, weighted by learning rate, is a constant factor here.
 */
public final class GradientDot implements Estimator {
  @Override
  public String name() {
    return "tracin-dot";
  }

  @Override
  public int order() {
    return 4;
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS);
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
