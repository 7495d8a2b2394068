package io.journey.evaluation.steps;

import io.journey.evaluation.TargetPlaces;
import io.journey.results.Attribution;
import io.journey.results.steps.StepCorrelation;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import io.journey.statistics.StepAgreement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The two neighbouring attributed steps of a target between which its scores change most.
 *
 * @param from t of the earlier in the drawing
 * @param to t of the later, below
 * @param correlation Spearman's of all scores at the two, the lowest of all neighbours
 */
public record ScoreChange(int from, int to, double correlation) {
  /** As a person would say it. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "Its scores change most between t = %d and %d (correlation %.2f).",
        from,
        to,
        correlation);
  }

  /**
   * Finds it for some targets of an attribution.
   *
   * @return one for each target, in their order
   * @throws io.journey.run.JourneyException if the attribution is not of these targets
   */
  static List<ScoreChange> of(Attribution attribution, List<Trajectory> targets) {
    if (attribution.steps().length < 2) {
      throw new SettingException(
          "the attribution has one step: attribute at two steps or more to compare them");
    }
    return Arrays.stream(TargetPlaces.of(attribution, targets))
        .mapToObj(place -> of(attribution, place))
        .toList();
  }

  private static ScoreChange of(Attribution attribution, int target) {
    int[] steps = attribution.steps();
    double[][] alike = StepAgreement.spearmans(StepCorrelation.scores(attribution, target));
    int lowest = 1;
    for (int s = 2; s < steps.length; s++) {
      lowest = alike[s][s - 1] < alike[lowest][lowest - 1] ? s : lowest;
    }
    return new ScoreChange(steps[lowest], steps[lowest - 1], alike[lowest][lowest - 1]);
  }
}
