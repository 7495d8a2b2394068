package io.journey.score;

/**
 * TracIn (Pruthi et al. 2020) with the last checkpoint of each training: φ_iᵀg. TracIn's sum over
 * the checkpoints of one training, weighted by learning rate, is a constant factor here.
 */
public final class GradientDot implements GradientProduct {
  @Override
  public String name() {
    return "tracin-dot";
  }
}
