package io.journey.results.groups;

import io.journey.run.Csv;

/**
 * The score of one group for one target at one timestep, or over all: a line of {@link
 * GroupScores#TABLE}. Sums are in standard deviations of all scores at the step; over all steps
 * they are means over steps.
 *
 * @param target from 0
 * @param timestep t, or {@link #OVERALL}
 * @param group its name
 * @param images how many it has
 * @param sum of its images' scores
 * @param low lower end of the 95 % interval over checkpoints; NaN where there is only one
 * @param high its upper end
 * @param chance mean of a random group of that size
 * @param chanceDeviation standard deviation of a random group of that size
 * @param z how far the sum is from chance, in its deviations
 * @param p how many of all random groupings have any group this far from chance
 * @param share of the positive scores of all images; NaN where there is no interval
 * @param shareLow lower end of its 95 % interval over checkpoints
 * @param shareHigh its upper end
 * @param chanceShare that of a random group: its share of the images
 * @param verdict what follows
 */
public record GroupScore(
    int target,
    String timestep,
    String group,
    int images,
    @Csv.Format("%.6e") double sum,
    @Csv.Format("%.6e") Double low,
    @Csv.Format("%.6e") Double high,
    @Csv.Format("%.6e") double chance,
    @Csv.Format("%.6e") double chanceDeviation,
    @Csv.Format("%.4f") double z,
    @Csv.Format("%.4f") double p,
    Double share,
    Double shareLow,
    Double shareHigh,
    double chanceShare,
    Verdict verdict) {
  public GroupScore {
    low = Csv.orNaN(low);
    high = Csv.orNaN(high);
    share = Csv.orNaN(share);
    shareLow = Csv.orNaN(shareLow);
    shareHigh = Csv.orNaN(shareHigh);
  }

  /** The timestep of scores over all steps. */
  public static final String OVERALL = "all";

  /** A group is beyond chance where p is below this. */
  public static final double LEVEL = 0.05;

  /** What is said of a group. */
  public enum Verdict {
    /** Beyond chance: it pushes towards the target. */
    TOWARDS,
    /** Beyond chance: it pushes away from the target. */
    AWAY,
    /** A random group of its size may well have such a score. */
    CHANCE,
    /** Not even the strongest images as its members would be beyond chance. */
    CANNOT_TELL;

    /**
     * Returns what follows.
     *
     * @param best the p of a group of the same size that has the strongest images
     */
    static Verdict of(double z, double p, double best) {
      if (p < LEVEL) {
        return z > 0 ? TOWARDS : AWAY;
      }
      return best < LEVEL ? CHANCE : CANNOT_TELL;
    }

    /** Returns whether a group is beyond chance, to either side. */
    public boolean isBeyondChance() {
      return this == TOWARDS || this == AWAY;
    }
  }

  /** Returns whether it is of all steps together. */
  boolean isOverall() {
    return timestep.equals(OVERALL);
  }

  /** Returns whether the interval over checkpoints reaches what chance would give. */
  public boolean reachesChance() {
    return low <= chance && chance <= high;
  }
}
