package io.journey.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.results.Attribution;
import io.journey.statistics.StepAgreement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The agreement of the rankings by the checkpoints of an ensemble, each on its own: the mean over
 * pairs of checkpoints, for every step and target.
 */
final class CheckpointAgreement {
  /** All pairs of this many checkpoints are compared; more would take long and change little. */
  static final int COMPARED = 8;

  private final List<Npy> scores;
  private final int members;
  private final int steps;
  private final int targets;
  private final int size;
  private final double[][] overlap;
  private final double[][] spearman;

  private CheckpointAgreement(List<Npy> scores, Attribution attribution) {
    this.scores = scores;
    this.members = scores.size();
    this.steps = attribution.steps().length;
    this.targets = attribution.targets();
    this.size = attribution.size();
    this.overlap = new double[steps][targets];
    this.spearman = new double[steps][targets];
  }

  /**
   * Compares the checkpoints.
   *
   * @return null where the attribution keeps no scores of checkpoints, or has only one
   */
  static CheckpointAgreement of(Attribution attribution) {
    List<Npy> scores = new ArrayList<>();
    for (String member : attribution.checkpointNames()) {
      scores.add(attribution.checkpointScores(member));
    }
    if (scores.size() < 2) {
      return null;
    }
    CheckpointAgreement agreement = new CheckpointAgreement(scores, attribution);
    agreement.compare();
    return agreement;
  }

  private void compare() {
    int compared = Math.min(members, COMPARED);
    float[][] of = new float[compared][size];
    for (int step = 0; step < steps; step++) {
      for (int target = 0; target < targets; target++) {
        for (int member = 0; member < compared; member++) {
          scores.get(member).read(((long) step * targets + target) * size, of[member], 0, size);
        }
        overlap[step][target] = StepAgreement.meanOfPairs(StepAgreement.overlaps(of, Evidence.TOP));
        spearman[step][target] = StepAgreement.meanOfPairs(StepAgreement.spearmans(of));
      }
    }
  }

  /** One honest paragraph. */
  String sentence() {
    int k = Math.min(Evidence.TOP, size);
    String compared =
        members > COMPARED
            ? "Of the first " + COMPARED + " of " + members + " checkpoints, two"
            : members == 2 ? "The two checkpoints" : "Two of the " + members + " checkpoints";
    return String.format(
        Locale.ROOT,
        "%s, each asked alone, share %.1f of their %d strongest images on average (two random"
            + " rankings would share %.2f); Spearman’s correlation of all their scores is %.2f."
            + " The ranking above is the mean over %s.",
        compared,
        mean(overlap),
        k,
        (double) k * k / size,
        mean(spearman),
        members == 2 ? "both" : "all " + members);
  }

  /**
   * Adds the numbers of each step, in the order of the page, to its targets' columns.
   *
   * @param shown indices into the attribution's steps, rising: those with a column
   */
  void addTo(ObjectNode page, int[] shown) {
    ArrayNode list = page.withArray("targets");
    for (int target = 0; target < targets; target++) {
      for (int column = 0; column < shown.length; column++) {
        int step = shown[shown.length - 1 - column];
        ArrayNode agree =
            ((ObjectNode) list.get(target).get("columns").get(column)).putArray("agree");
        agree.add(Numbers.cents(overlap[step][target]));
        agree.add(Numbers.cents(spearman[step][target]));
      }
    }
  }

  private static double mean(double[][] table) {
    return Arrays.stream(table).flatMapToDouble(Arrays::stream).average().orElse(0);
  }
}
