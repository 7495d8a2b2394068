package io.journey.statistics;

/** Student's t distribution, as far as 95 % intervals need it. */
public final class Student {
  /** Upper 2.5 % points for 1, 2, … degrees of freedom. */
  private static final double[] UPPER = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  /** That of the normal distribution, which more degrees of freedom approach. */
  private static final double NORMAL = 1.96;

  private Student() {}

  /**
   * Returns the upper 2.5 % point.
   *
   * @param degrees of freedom, at least 1
   */
  public static double upper(int degrees) {
    return degrees <= UPPER.length ? UPPER[degrees - 1] : NORMAL;
  }
}
