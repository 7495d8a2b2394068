package io.journey.results;

import io.journey.run.JourneyException;
import io.journey.statistics.Ranking;
import io.journey.statistics.StepAgreement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The agreement of two attributions of the same targets and training images, timestep by timestep.
 */
public final class AttributionAgreement {
  /**
   * Means over targets at one step.
   *
   * @param step t
   * @param spearman correlation of all scores, between −1 and 1
   * @param top10 how many of the ten highest scores are those of the same images, at most 10
   * @param top100 the same of a hundred
   */
  public record AtStep(int step, double spearman, double top10, double top100) {}

  private AttributionAgreement() {}

  /**
   * Compares two attributions.
   *
   * @return one entry a step, rising
   * @throws JourneyException if they are of other steps, training images or numbers of targets
   */
  public static List<AtStep> of(Attribution a, Attribution b) {
    require(Arrays.equals(a.steps(), b.steps()), "steps");
    require(a.targets() == b.targets(), "numbers of targets");
    require(a.examples().equals(b.examples()), "training images");
    List<AtStep> out = new ArrayList<>();
    for (int step = 0; step < a.steps().length; step++) {
      double spearman = 0;
      double top10 = 0;
      double top100 = 0;
      for (int target = 0; target < a.targets(); target++) {
        float[] left = a.scores(step, target);
        float[] right = b.scores(step, target);
        spearman += StepAgreement.spearman(left, right);
        top10 += shared(left, right, 10);
        top100 += shared(left, right, 100);
      }
      int n = a.targets();
      out.add(new AtStep(a.steps()[step], spearman / n, top10 / n, top100 / n));
    }
    return out;
  }

  /**
   * Returns how far the scores are those of whole gradients, as far as the projection to fewer
   * numbers leaves them to chance: Spearman's correlation with another projection of the same
   * gradients, estimated from two halves of the features by the formula of Spearman and Brown
   * (1910), 2r/(1 + r). Beside two projections it came out low by up to 0.03 (decision 19).
   *
   * @return one number a step, means over targets, rising; empty where scores are not plain
   *     products of random projections
   */
  public static Optional<double[]> ofProjections(Attribution attribution) {
    return attribution
        .halves()
        .map(
            halves ->
                of(halves.get(0), halves.get(1)).stream()
                    .mapToDouble(step -> Math.max(0, step.spearman()))
                    .map(r -> 2 * r / (1 + r))
                    .toArray());
  }

  private static int shared(float[] a, float[] b, int k) {
    return StepAgreement.overlap(Ranking.top(a, k), Ranking.top(b, k));
  }

  private static void require(boolean same, String what) {
    if (!same) {
      throw new JourneyException(
          "The two attributions are of different "
              + what
              + ": compare attributions of the same targets, steps and data.");
    }
  }
}
