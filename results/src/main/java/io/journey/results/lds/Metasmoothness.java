package io.journey.results.lds;

/**
 * Whether half of an image does half of what it does: Engstrom et al. (arXiv 2503.13751), section
 * 4.1, for the weight of one training image.
 *
 * <p>Let f_j(w) be answer j of a model for which the image has the weight w. With Δ_1 = f(½) − f(0)
 * and Δ_2 = f(1) − f(½)
 *
 * <pre>S = Σ_j |f_j(1) − f_j(0)|·sign(Δ_{1,j})·sign(Δ_{2,j}) / Σ_j |f_j(1) − f_j(0)|:</pre>
 *
 * <p>1 where all answers that move go on in the direction they began with, 0 where they turn as
 * often as not. Where it is far from 1 no estimate of first order, which is a slope, can tell what
 * leaving the image out does.
 */
public final class Metasmoothness {
  private Metasmoothness() {}

  /**
   * Returns S of some answers.
   *
   * @param without f(0), [J]
   * @param half f(½), [J]
   * @param with f(1), [J]
   * @return in [−1, 1]; NaN where no answer moves
   */
  public static double of(double[] without, double[] half, double[] with) {
    double sum = 0;
    double weights = 0;
    for (int j = 0; j < with.length; j++) {
      double weight = Math.abs(with[j] - without[j]);
      sum += weight * Math.signum(half[j] - without[j]) * Math.signum(with[j] - half[j]);
      weights += weight;
    }
    return weights > 0 ? sum / weights : Double.NaN;
  }
}
