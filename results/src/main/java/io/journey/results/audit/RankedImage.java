package io.journey.results.audit;

import io.journey.results.Attribution;
import io.journey.results.Influence;
import io.journey.results.StandardScores;
import io.journey.results.StepScores;
import io.journey.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;

/**
 * The score of one training image over all steps, in standard deviations.
 *
 * @param image its score
 * @param low lower end of the 95 % interval over checkpoints; NaN where there is only one
 * @param high its upper end
 */
public record RankedImage(Influence image, double low, double high) {
  /**
   * Returns the strongest images, the strongest push towards the picture first.
   *
   * @param count how many
   */
  public static List<RankedImage> strongest(Attribution attribution, int target, int count) {
    StandardScores all = StandardScores.of(attribution, target);
    int over = all.scores().length - 1;
    List<RankedImage> found = new ArrayList<>();
    for (Influence one : new StepScores(all.scores()[over], attribution.examples()).top(count)) {
      double[] own = new double[all.checkpoints().length];
      for (int m = 0; m < own.length; m++) {
        own[m] = all.checkpoints()[m][over][one.index()];
      }
      double reach = Estimate.of(own).margin();
      found.add(new RankedImage(one, one.score() - reach, one.score() + reach));
    }
    return found;
  }
}
