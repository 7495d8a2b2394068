package io.journey.score;

import java.util.Arrays;

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
  public boolean damped() {
    return false;
  }

  @Override
  public boolean isProduct() {
    return true;
  }

  @Override
  public double[] scores(Features features, double[] target, double lambda) {
    return dots(features.spectrum(), target);
  }

  /** φ_iᵀg of every example. */
  static double[] dots(Spectrum spectrum, double[] target) {
    double[] ones = new double[spectrum.rank()];
    Arrays.fill(ones, 1);
    return spectrum.weighted(ones, target);
  }
}
