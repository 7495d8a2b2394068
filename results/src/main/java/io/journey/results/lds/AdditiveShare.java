package io.journey.results.lds;

import io.journey.statistics.Ranks;
import java.util.BitSet;
import java.util.List;

/**
 * How much of what models of random subsets do is a sum over their images: the share of the
 * variance of −f_t over subsets that the best scores could explain, if they were known. Scores are
 * summed, so its root is the LDS that scores which knew all of it would have.
 *
 * <p>No scores are fitted. Of a sum over images the answers of two subsets correlate as the subsets
 * overlap; what images do only in twos and threes follows higher powers of the overlap, which are
 * uncorrelated with it over random subsets of one size (the Johnson scheme). So the slope of the
 * products of standardised answers y_S·y_T over the correlation of the subsets,
 *
 * <p>r_ST = (|S∩T|/N − p²)/(p(1 − p)), p the part of the data in each,
 *
 * <p>is that share, as relatives' likeness over their kinship is of the heritable part of a trait
 * (Haseman and Elston 1972). Answers are ranks, as in LDS; products are means over targets and
 * steps.
 *
 * @param share of the variance; chance may take it below 0 or above 1
 * @param standardError by the jackknife over subsets, the targets given
 */
public record AdditiveShare(double share, double standardError) {
  private static final double TWO_SIDED = 1.96;

  /** An interval as wide as this, of 0 to 1, says nothing. */
  private static final double MOST_UNKNOWN = 0.75;

  /**
   * Estimates it.
   *
   * @param steps indices of the steps whose mean is asked for
   * @return null where overlaps do not differ, as of all images but one, or there are fewer than
   *     four subsets
   */
  public static AdditiveShare of(GroundTruth truth, int[] steps) {
    List<BitSet> subsets = truth.subsets();
    int count = subsets.size();
    double[][] alike = products(truth, steps);
    Sums all = new Sums();
    Sums[] without = new Sums[count];
    for (int j = 0; j < count; j++) {
      without[j] = new Sums();
    }
    for (int j = 0; j < count; j++) {
      for (int k = 0; k < j; k++) {
        double overlap = correlation(subsets.get(j), subsets.get(k), truth.examples().size());
        for (Sums sums : List.of(all, without[j], without[k])) {
          sums.add(overlap, alike[j][k]);
        }
      }
    }
    if (count < 4 || !(all.spread() > 0)) {
      return null;
    }
    double[] left = new double[count];
    double mean = 0;
    for (int j = 0; j < count; j++) {
      left[j] = all.less(without[j]).slope();
      mean += left[j] / count;
    }
    double squares = 0;
    for (double slope : left) {
      squares += (slope - mean) * (slope - mean);
    }
    return new AdditiveShare(all.slope(), Math.sqrt(squares * (count - 1) / count));
  }

  /** Returns whether the interval of {@link #attainable} says anything. */
  public boolean isKnown() {
    return high() - low() < MOST_UNKNOWN;
  }

  /** Returns the correlation with the answers that the best sum over images would have. */
  public double attainable() {
    return root(share);
  }

  /** Returns the low end of the 95 % interval of {@link #attainable}. */
  public double low() {
    return root(share - TWO_SIDED * standardError);
  }

  /** Returns the high end of the 95 % interval of {@link #attainable}. */
  public double high() {
    return root(share + TWO_SIDED * standardError);
  }

  private static double root(double share) {
    return Math.sqrt(Math.max(0, Math.min(1, share)));
  }

  /** Correlation of two subsets as indicators of the images. */
  private static double correlation(BitSet one, BitSet other, int examples) {
    BitSet both = (BitSet) one.clone();
    both.and(other);
    double p = (double) one.cardinality() / examples;
    return ((double) both.cardinality() / examples - p * p) / (p * (1 - p));
  }

  /** Products of standardised ranks of answers, mean over targets and steps, [M][M]. */
  private static double[][] products(GroundTruth truth, int[] steps) {
    int count = truth.subsets().size();
    double[][] products = new double[count][count];
    int questions = steps.length * truth.targets();
    for (int step : steps) {
      for (int target = 0; target < truth.targets(); target++) {
        double[] z = Ranks.of(truth.predictable(step, target)).standardised();
        for (int j = 0; j < count; j++) {
          for (int k = 0; k < j; k++) {
            products[j][k] += z[j] * z[k] / questions;
          }
        }
      }
    }
    return products;
  }

  /** Of a regression of y on x. */
  private static final class Sums {
    private double count;
    private double x;
    private double y;
    private double xx;
    private double xy;

    private void add(double newX, double newY) {
      count++;
      x += newX;
      y += newY;
      xx += newX * newX;
      xy += newX * newY;
    }

    private Sums less(Sums part) {
      Sums rest = new Sums();
      rest.count = count - part.count;
      rest.x = x - part.x;
      rest.y = y - part.y;
      rest.xx = xx - part.xx;
      rest.xy = xy - part.xy;
      return rest;
    }

    private double spread() {
      double spread = xx - x * x / count;
      return spread > 1e-9 * xx ? spread : 0;
    }

    private double slope() {
      return (xy - x * y / count) / spread();
    }
  }
}
