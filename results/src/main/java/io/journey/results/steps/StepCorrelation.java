package io.journey.results.steps;

import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.statistics.Estimate;
import io.journey.statistics.StepAgreement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * How alike the scores of one target are at two steps (Georgiev et al., appendix B.2 and figure
 * B.5), beside those of two different targets.
 *
 * @param distances by the distance of the steps, rising
 * @param matrix for every pair of steps in both orders
 */
public record StepCorrelation(List<AtDistance> distances, List<AtSteps> matrix) {
  /** With how many other targets each one is compared, if there are so many. */
  static final int PARTNERS = 5;

  /**
   * Spearman's correlation of scores at two steps, as a mean over the pairs of steps of a target
   * and then over targets.
   *
   * @param distance |t − t'|, above 0
   * @param pairs how many pairs of steps have it
   * @param same both scores of one target
   * @param other the second scores of another target; NaN where there is only one target
   */
  public record AtDistance(int distance, int pairs, Estimate same, Estimate other) {}

  /**
   * The same for one pair of steps.
   *
   * @param step t of the first scores
   * @param otherStep t' of the second
   */
  public record AtSteps(int step, int otherStep, Estimate same, Estimate other) {}

  public StepCorrelation {
    distances = List.copyOf(distances);
    matrix = List.copyOf(matrix);
  }

  /**
   * Correlates.
   *
   * @param seed chooses which other targets a target is compared with
   * @throws SettingException if there is only one step
   */
  public static StepCorrelation of(
      Attribution attribution, long seed, int threads, Progress progress) {
    if (attribution.steps().length < 2) {
      throw new SettingException(
          "the attribution has one step: attribute at two steps or more to compare them");
    }
    int targets = attribution.targets();
    double[][][] same = new double[targets][][];
    double[][][] other = new double[targets][][];
    int[] order = Seed.of(seed).child("partners").stream().permutation(targets);
    try (Progress.Task task = progress.start("Comparing steps", targets, "targets")) {
      new Workers(threads, () -> {})
          .forEach(
              targets,
              place -> {
                float[][] scores = scores(attribution, order[place]);
                same[place] = StepAgreement.spearmans(scores);
                other[place] = withOthers(attribution, scores, order, place);
                task.advance(1);
              });
    }
    return of(attribution.steps(), same, other);
  }

  /** The mean over the targets that follow in a random circle of all. */
  private static double[][] withOthers(
      Attribution attribution, float[][] scores, int[] order, int place) {
    int partners = Math.min(PARTNERS, order.length - 1);
    double[][] sum = new double[scores.length][scores.length];
    for (int p = 1; p <= partners; p++) {
      int partner = order[(place + p) % order.length];
      double[][] one = StepAgreement.spearmans(scores, scores(attribution, partner));
      for (int s = 0; s < sum.length; s++) {
        for (int u = 0; u < sum.length; u++) {
          sum[s][u] += one[s][u] / partners;
        }
      }
    }
    return partners == 0 ? null : sum;
  }

  /** The scores of a target, [S, N]. */
  public static float[][] scores(Attribution attribution, int target) {
    float[][] scores = new float[attribution.steps().length][];
    for (int s = 0; s < scores.length; s++) {
      scores[s] = attribution.scores(s, target);
    }
    return scores;
  }

  /**
   * Means over targets.
   *
   * @param same [T, S, S]
   * @param other [T, S, S], or nulls
   */
  private static StepCorrelation of(int[] steps, double[][][] same, double[][][] other) {
    TreeMap<Integer, List<int[]>> byDistance = new TreeMap<>();
    List<AtSteps> matrix = new ArrayList<>();
    for (int s = 0; s < steps.length; s++) {
      for (int u = 0; u < steps.length; u++) {
        int[] pair = {s, u};
        matrix.add(
            new AtSteps(steps[s], steps[u], mean(same, List.of(pair)), mean(other, List.of(pair))));
        if (u != s) {
          byDistance
              .computeIfAbsent(Math.abs(steps[s] - steps[u]), d -> new ArrayList<>())
              .add(pair);
        }
      }
    }
    List<AtDistance> distances = new ArrayList<>();
    byDistance.forEach(
        (distance, pairs) ->
            distances.add(
                new AtDistance(distance, pairs.size() / 2, mean(same, pairs), mean(other, pairs))));
    return new StepCorrelation(distances, matrix);
  }

  private static Estimate mean(double[][][] ofTargets, List<int[]> pairs) {
    if (ofTargets[0] == null) {
      return new Estimate(Double.NaN, Double.NaN, 0);
    }
    double[] means = new double[ofTargets.length];
    for (int target = 0; target < means.length; target++) {
      for (int[] pair : pairs) {
        means[target] += ofTargets[target][pair[0]][pair[1]] / pairs.size();
      }
    }
    return Estimate.of(means);
  }
}
