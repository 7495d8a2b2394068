package io.journey.results.groups;

import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.StandardScores;
import io.journey.results.groups.GroupScore.Verdict;
import io.journey.statistics.Moments;
import io.journey.statistics.StudentT;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The scores of groups for one target.
 *
 * <p>Chance: a random group of n of N images has a sum of mean n·s̄ and variance σ²·n(N−n)/(N−1),
 * as of drawing without putting back (Cochran 1977, theorems 2.1 and 2.2). z is the distance from
 * that mean in such deviations. p is corrected for the number of groups by the largest |z| of
 * random groupings of the same sizes (Westfall and Young 1993, single-step maxT): the share of
 * them, the real one included, whose largest |z| is at least as large; at single steps the largest
 * over groups and steps. Where not even the strongest images of a row would give a group of that
 * size a small p, nothing can be told of it.
 *
 * <p>Intervals: delete-one jackknife over checkpoints (Tukey 1958) with Student's t.
 */
final class TargetGroups {
  private final Attribution attribution;
  private final Grouping grouping;
  private final int target;
  private final int[] sizes;
  private final int n;

  /**
   * [steps + 1, N]: scores in deviations of their step, last their mean over steps, weighed as the
   * attribution weighs steps, or equally.
   */
  private final float[][] scores;

  /** [members, steps + 1, N], the same of each checkpoint in the same units. */
  private final float[][][] members;

  TargetGroups(Attribution attribution, Grouping grouping, int target) {
    this.attribution = attribution;
    this.grouping = grouping;
    this.target = target;
    this.sizes = grouping.sizes();
    this.n = attribution.size();
    StandardScores all = StandardScores.of(attribution, target);
    this.scores = all.scores();
    this.members = all.checkpoints();
  }

  private double[] sums(float[] row, int[] groups) {
    double[] sums = new double[sizes.length];
    for (int i = 0; i < row.length; i++) {
      if (groups[i] >= 0) {
        sums[groups[i]] += row[i];
      }
    }
    return sums;
  }

  /** The noise floor of a row of scores: mean and deviation of a random group, by size. */
  private record Chance(double[] mean, double[] deviation) {
    double z(double[] sums, int group) {
      return deviation[group] > 0 ? (sums[group] - mean[group]) / deviation[group] : 0;
    }

    double largest(double[] sums) {
      double largest = 0;
      for (int g = 0; g < sums.length; g++) {
        largest = Math.max(largest, Math.abs(z(sums, g)));
      }
      return largest;
    }
  }

  private Chance chance(float[] row) {
    Moments moments = Moments.of(row);
    double[] mean = new double[sizes.length];
    double[] deviation = new double[sizes.length];
    for (int g = 0; g < sizes.length; g++) {
      mean[g] = sizes[g] * moments.mean();
      double factor = n < 2 ? 0 : (double) sizes[g] * (n - sizes[g]) / (n - 1);
      deviation[g] = Math.sqrt(moments.variance() * factor);
    }
    return new Chance(mean, deviation);
  }

  /**
   * Computes the scores, those over all steps first, then step by step; groups in their order.
   *
   * @param random of the random groupings
   * @param groupings how many of them
   */
  List<GroupScore> compute(Seed random, int groupings) {
    int rows = scores.length;
    Chance[] chances = new Chance[rows];
    double[][] sums = new double[rows][];
    for (int r = 0; r < rows; r++) {
      chances[r] = chance(scores[r]);
      sums[r] = sums(scores[r], grouping.members());
    }
    double[][] largest = largest(chances, random, groupings);
    List<GroupScore> found = new ArrayList<>();
    int overall = rows - 1;
    add(found, overall, chances[overall], sums[overall], largest[1]);
    for (int r = 0; r < overall; r++) {
      add(found, r, chances[r], sums[r], largest[0]);
    }
    return found;
  }

  /** Returns the largest |z| of each random grouping, sorted: at single steps, and over all. */
  private double[][] largest(Chance[] chances, Seed random, int groupings) {
    double[][] largest = new double[2][groupings];
    int overall = scores.length - 1;
    int[] groups = new int[n];
    for (int b = 0; b < groupings; b++) {
      int[] order = random.child(b).stream().permutation(n);
      Arrays.setAll(groups, i -> grouping.members()[order[i]]);
      for (int r = 0; r < overall; r++) {
        double here = chances[r].largest(sums(scores[r], groups));
        largest[0][b] = Math.max(largest[0][b], here);
      }
      largest[1][b] = chances[overall].largest(sums(scores[overall], groups));
    }
    Arrays.sort(largest[0]);
    Arrays.sort(largest[1]);
    return largest;
  }

  private void add(
      List<GroupScore> found, int row, Chance chance, double[] sums, double[] largest) {
    boolean overall = row == scores.length - 1;
    String step = overall ? GroupScore.OVERALL : Integer.toString(attribution.steps()[row]);
    double[][] sumInterval = new double[sizes.length][];
    double[][] shareInterval = new double[sizes.length][];
    double[] shares = shares(scores[row]);
    double[] reach = reach(scores[row], chance);
    intervals(row, sums, shares, sumInterval, shareInterval);
    for (int g = 0; g < sizes.length; g++) {
      double z = chance.z(sums, g);
      double p = p(largest, Math.abs(z));
      found.add(
          new GroupScore(
              target,
              step,
              grouping.names().get(g),
              sizes[g],
              sums[g],
              sumInterval[g][0],
              sumInterval[g][1],
              chance.mean()[g],
              chance.deviation()[g],
              z,
              p,
              members.length == 0 ? Double.NaN : shares[g],
              Math.max(0, shareInterval[g][0]),
              Math.min(1, shareInterval[g][1]),
              (double) sizes[g] / n,
              Verdict.of(z, p, p(largest, reach[g]))));
    }
  }

  /** Returns the largest |z| that any group of each size could have: of the strongest images. */
  private double[] reach(float[] row, Chance chance) {
    float[] sorted = row.clone();
    Arrays.sort(sorted);
    double[] before = new double[n + 1];
    for (int i = 0; i < n; i++) {
      before[i + 1] = before[i] + sorted[i];
    }
    double[] lowest = new double[sizes.length];
    double[] highest = new double[sizes.length];
    Arrays.setAll(lowest, g -> before[sizes[g]]);
    Arrays.setAll(highest, g -> before[n] - before[n - sizes[g]]);
    double[] reach = new double[sizes.length];
    Arrays.setAll(reach, g -> Math.max(-chance.z(lowest, g), chance.z(highest, g)));
    return reach;
  }

  /** Returns the share of groupings, the real one included, with any |z| at least so large. */
  private static double p(double[] largest, double z) {
    return (1.0 + atLeast(largest, z)) / (1.0 + largest.length);
  }

  /** Returns how many of sorted numbers are at least so large, but for rounding. */
  private static int atLeast(double[] sorted, double least) {
    int at = Arrays.binarySearch(sorted, least * (1 - 1e-9));
    int first = at < 0 ? -at - 1 : at;
    while (first > 0 && sorted[first - 1] >= least * (1 - 1e-9)) {
      first--;
    }
    return sorted.length - first;
  }

  /** Returns what part of all positive scores each group has. */
  private double[] shares(float[] row) {
    float[] positive = new float[row.length];
    double all = 0;
    for (int i = 0; i < row.length; i++) {
      positive[i] = Math.max(0, row[i]);
      all += positive[i];
    }
    double[] shares = sums(positive, grouping.members());
    for (int g = 0; g < shares.length; g++) {
      shares[g] = all > 0 ? shares[g] / all : 0;
    }
    return shares;
  }

  /** Computes intervals by leaving out one checkpoint after the other; NaN without them. */
  private void intervals(
      int row, double[] sums, double[] shares, double[][] ofSums, double[][] ofShares) {
    int count = members.length;
    double[][] sumsWithout = new double[count][];
    double[][] sharesWithout = new double[count][];
    for (int m = 0; m < count; m++) {
      float[] without = new float[n];
      for (int i = 0; i < n; i++) {
        double all = (double) count * scores[row][i];
        without[i] = (float) ((all - members[m][row][i]) / (count - 1));
      }
      sumsWithout[m] = sums(without, grouping.members());
      sharesWithout[m] = shares(without);
    }
    for (int g = 0; g < sizes.length; g++) {
      ofSums[g] = interval(sums[g], sumsWithout, g);
      ofShares[g] = interval(shares[g], sharesWithout, g);
    }
  }

  private static double[] interval(double value, double[][] without, int group) {
    int count = without.length;
    if (count < 2) {
      return new double[] {Double.NaN, Double.NaN};
    }
    double mean = Arrays.stream(without).mapToDouble(all -> all[group]).sum() / count;
    double squares = 0;
    for (double[] all : without) {
      squares += (all[group] - mean) * (all[group] - mean);
    }
    double error = Math.sqrt(squares * (count - 1) / count);
    double student = StudentT.upper(count - 1);
    return new double[] {value - student * error, value + student * error};
  }
}
