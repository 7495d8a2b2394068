package io.journey.results.steps;

import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.statistics.Estimate;
import io.journey.statistics.Ranking;
import io.journey.statistics.StepAgreement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Whether an image that pushes a drawing most at one step pushes against it most at another
 * (Georgiev et al., appendix B.2 and figure B.4), and how much of the top remains between steps.
 *
 * @param curve one entry for each K, as asked
 * @param flips the most striking one of every target, the most striking target first
 */
public record SignFlips(List<AtK> curve, List<Flip> flips) {
  /**
   * The changes of sign among the K highest and the K lowest scores.
   *
   * @param k K
   * @param share of targets where some image is among the K highest at one step and among the K
   *     lowest at another
   * @param randomShare its expectation if scores were random and independent, exact
   * @param overlap share of the K highest that two steps have in common, a mean over pairs of steps
   *     and targets; NaN where there is one step
   * @param randomOverlap its expectation for random scores, K/N
   */
  public record AtK(
      int k, Estimate share, double randomShare, Estimate overlap, double randomOverlap) {}

  /**
   * An image that pushes both ways.
   *
   * @param target of the attribution
   * @param example index of the training image
   * @param id of the training image
   * @param className of the training image, or ""
   * @param highestStep where its score is highest among all
   * @param highestRank there, 1 for the highest score of all images
   * @param lowestStep where it is lowest
   * @param lowestRank there, 1 for the lowest score of all images
   */
  public record Flip(
      int target,
      int example,
      String id,
      String className,
      int highestStep,
      int highestRank,
      int lowestStep,
      int lowestRank) {
    /** The smallest K with which it counts. */
    public int smallestK() {
      return Math.max(highestRank, lowestRank);
    }

    /** As a person would say it. */
    public String sentence() {
      return String.format(
          Locale.ROOT,
          "Target %d: %s%s is %s for it at t = %d, %s against it at t = %d.",
          target,
          id,
          className.isEmpty() ? "" : " (" + className + ")",
          place(highestRank),
          highestStep,
          place(lowestRank),
          lowestStep);
    }

    private static String place(int rank) {
      return rank == 1 ? "the strongest" : "number " + rank;
    }
  }

  public SignFlips {
    curve = List.copyOf(curve);
    flips = List.copyOf(flips);
  }

  /** The entry whose share by chance is nearest to one half: there the two can differ most. */
  AtK mostTelling() {
    return curve.stream()
        .min(Comparator.comparingDouble(at -> Math.abs(at.randomShare() - 0.5)))
        .orElseThrow();
  }

  /**
   * Searches for flips.
   *
   * @param ks each K at least 1 and at most N/2
   * @throws SettingException if there is only one step, or a K is out of range
   */
  public static SignFlips of(
      Attribution attribution, List<Integer> ks, int threads, Progress progress) {
    check(attribution, ks);
    int targets = attribution.targets();
    Flip[] flips = new Flip[targets];
    double[][] overlaps = new double[ks.size()][targets];
    try (Progress.Task task = progress.start("Searching flips", targets, "targets")) {
      new Workers(threads, () -> {})
          .forEach(
              targets,
              target -> {
                float[][] scores = StepCorrelation.scores(attribution, target);
                flips[target] = mostStriking(attribution, target, scores);
                for (int i = 0; i < ks.size(); i++) {
                  int[][] shared = StepAgreement.overlaps(scores, ks.get(i));
                  overlaps[i][target] = StepAgreement.meanOfPairs(shared) / ks.get(i);
                }
                task.advance(1);
              });
    }
    List<AtK> curve = new ArrayList<>();
    for (int i = 0; i < ks.size(); i++) {
      curve.add(atK(attribution, ks.get(i), flips, overlaps[i]));
    }
    List<Flip> sorted = new ArrayList<>(List.of(flips));
    sorted.sort(Comparator.comparingInt(Flip::smallestK));
    return new SignFlips(curve, sorted);
  }

  static void check(Attribution attribution, List<Integer> ks) {
    if (attribution.steps().length < 2) {
      throw new SettingException(
          "the attribution has one step: attribute at two steps or more to compare them");
    }
    int most = attribution.size() / 2;
    for (int k : ks) {
      if (k < 1 || k > most) {
        throw new SettingException(
            "K must be between 1 and half of the "
                + attribution.size()
                + " training images, "
                + most
                + ", got "
                + k);
      }
    }
    if (ks.isEmpty()) {
      throw new SettingException("name one K or more");
    }
  }

  private static AtK atK(Attribution attribution, int k, Flip[] flips, double[] overlaps) {
    double[] seen = new double[flips.length];
    for (int target = 0; target < seen.length; target++) {
      seen[target] = flips[target].smallestK() <= k ? 1 : 0;
    }
    int n = attribution.size();
    return new AtK(
        k,
        Estimate.of(seen),
        FlipChance.of(n, k, attribution.steps().length),
        Estimate.of(overlaps),
        (double) k / n);
  }

  /** The image whose larger of best and worst rank is smallest; the first of equals. */
  private static Flip mostStriking(Attribution attribution, int target, float[][] scores) {
    int n = attribution.size();
    int[] highest = new int[n];
    int[] lowest = new int[n];
    int[][] places = new int[scores.length][];
    for (int s = 0; s < scores.length; s++) {
      places[s] = Ranking.places(scores[s]);
      for (int i = 0; i < n; i++) {
        highest[i] = places[s][i] < places[highest[i]][i] ? s : highest[i];
        lowest[i] = places[s][i] > places[lowest[i]][i] ? s : lowest[i];
      }
    }
    int best = 0;
    int smallest = Integer.MAX_VALUE;
    for (int i = 0; i < n; i++) {
      int k = Math.max(places[highest[i]][i], n + 1 - places[lowest[i]][i]);
      if (k < smallest) {
        smallest = k;
        best = i;
      }
    }
    ExampleTable.Example example = attribution.examples().get(best);
    int[] steps = attribution.steps();
    return new Flip(
        target,
        best,
        example.id(),
        example.className(),
        steps[highest[best]],
        places[highest[best]][best],
        steps[lowest[best]],
        n + 1 - places[lowest[best]][best]);
  }
}
