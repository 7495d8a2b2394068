package io.journey.diffusion;

/**
 * The variance schedule of DDPM (Ho et al. 2020): β_t linear in t, ᾱ_t = Π_{s≤t} (1 − β_s), so that
 * q(x_t | x_0) = N(√ᾱ_t·x_0, (1−ᾱ_t)·I).
 */
public final class NoiseSchedule {
  private final double betaStart;
  private final double betaEnd;
  private final double[] alphaBar;

  private NoiseSchedule(int steps, double betaStart, double betaEnd) {
    this.betaStart = betaStart;
    this.betaEnd = betaEnd;
    this.alphaBar = new double[steps];
    double product = 1;
    for (int t = 0; t < steps; t++) {
      double beta = steps == 1 ? betaStart : betaStart + (betaEnd - betaStart) * t / (steps - 1);
      product *= 1 - beta;
      alphaBar[t] = product;
    }
  }

  /**
   * β_t from {@code betaStart} at t = 0 to {@code betaEnd} at t = {@code steps} − 1.
   *
   * @param steps T, at least 1
   */
  public static NoiseSchedule linear(int steps, double betaStart, double betaEnd) {
    if (steps < 1 || !(betaStart > 0) || !(betaEnd >= betaStart) || !(betaEnd < 1)) {
      throw new IllegalArgumentException(
          "a linear schedule needs T >= 1 and 0 < beta_start <= beta_end < 1, got T = "
              + steps
              + ", "
              + betaStart
              + ", "
              + betaEnd);
    }
    return new NoiseSchedule(steps, betaStart, betaEnd);
  }

  /** The schedule of the paper: T = 1000, β from 1e-4 to 0.02. */
  public static NoiseSchedule ddpm() {
    return linear(1000, 1e-4, 0.02);
  }

  /** T. */
  public int steps() {
    return alphaBar.length;
  }

  /** β_0. */
  public double betaStart() {
    return betaStart;
  }

  /** β_{T−1}. */
  public double betaEnd() {
    return betaEnd;
  }

  /** ᾱ_t, 0 &lt;= t &lt; T; ᾱ of any negative t is 1, the clean image. */
  public double alphaBar(int t) {
    return t < 0 ? 1 : alphaBar[t];
  }
}
