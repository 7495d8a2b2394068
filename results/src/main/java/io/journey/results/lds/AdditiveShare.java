package io.journey.results.lds;

import io.journey.statistics.Estimate;
import io.journey.statistics.Ranks;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  private static final int FEWEST = 4;

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
    List<AdditiveShare> one = of(truth, List.of(steps));
    return one.isEmpty() ? null : one.get(0);
  }

  /**
   * Estimates it over several sets of steps: overlaps and answers are looked at once.
   *
   * @param sets indices of the steps whose means are asked for
   * @return one for each set; empty where overlaps do not differ
   */
  static List<AdditiveShare> of(GroundTruth truth, List<int[]> sets) {
    double[][] overlaps = overlaps(truth);
    if (overlaps.length < FEWEST || !(Sums.of(overlaps, overlaps).spread() > 0)) {
      return List.of();
    }
    Map<Integer, double[][]> ofSteps = new HashMap<>();
    List<AdditiveShare> shares = new ArrayList<>();
    for (int[] steps : sets) {
      double[][] mean = new double[overlaps.length][overlaps.length];
      for (int step : steps) {
        double[][] alike = ofSteps.computeIfAbsent(step, s -> products(truth, s));
        for (int j = 0; j < mean.length; j++) {
          for (int k = 0; k < j; k++) {
            mean[j][k] += alike[j][k] / steps.length;
          }
        }
      }
      shares.add(of(overlaps, mean));
    }
    return shares;
  }

  private static AdditiveShare of(double[][] overlaps, double[][] alike) {
    int count = overlaps.length;
    Sums all = Sums.of(overlaps, alike);
    double[] left = new double[count];
    for (int j = 0; j < count; j++) {
      Sums of = new Sums();
      for (int k = 0; k < count; k++) {
        if (k != j) {
          of.add(overlaps[Math.max(j, k)][Math.min(j, k)], alike[Math.max(j, k)][Math.min(j, k)]);
        }
      }
      left[j] = all.less(of).slope();
    }
    return new AdditiveShare(all.slope(), (count - 1) * Estimate.of(left).standardError());
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

  /** Correlations of subsets as indicators of the images, [M][M], below the diagonal. */
  private static double[][] overlaps(GroundTruth truth) {
    List<BitSet> subsets = truth.subsets();
    double examples = truth.examples().size();
    double p = subsets.get(0).cardinality() / examples;
    double[][] overlaps = new double[subsets.size()][subsets.size()];
    for (int j = 0; j < overlaps.length; j++) {
      for (int k = 0; k < j; k++) {
        BitSet both = (BitSet) subsets.get(j).clone();
        both.and(subsets.get(k));
        overlaps[j][k] = (both.cardinality() / examples - p * p) / (p * (1 - p));
      }
    }
    return overlaps;
  }

  /** Products of standardised ranks of answers at a step, mean over targets, [M][M]. */
  private static double[][] products(GroundTruth truth, int step) {
    int count = truth.subsets().size();
    double[][] products = new double[count][count];
    for (int target = 0; target < truth.targets(); target++) {
      double[] z = Ranks.of(truth.predictable(step, target)).standardised();
      for (int j = 0; j < count; j++) {
        for (int k = 0; k < j; k++) {
          products[j][k] += z[j] * z[k] / truth.targets();
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

    /** Of all numbers below the diagonals. */
    private static Sums of(double[][] x, double[][] y) {
      Sums sums = new Sums();
      for (int j = 0; j < x.length; j++) {
        for (int k = 0; k < j; k++) {
          sums.add(x[j][k], y[j][k]);
        }
      }
      return sums;
    }

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
