package io.journey.evaluation;

import io.journey.run.JourneyException;
import io.journey.sampling.Trajectory;
import io.journey.score.Attribution;
import io.journey.tensor.Safetensors;
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
   * @throws JourneyException if the attribution is not of these targets
   */
  static List<ScoreChange> of(Attribution attribution, List<Trajectory> targets) {
    if (attribution.steps().length < 2) {
      throw new IllegalArgumentException(
          "the attribution has one step: attribute at two steps or more to compare them");
    }
    Safetensors pictures = Safetensors.open(attribution.manifest().verified(Attribution.TARGETS));
    List<String> seeds = Arrays.asList(pictures.metadata().getOrDefault("seeds", "").split(" "));
    String model = pictures.metadata().getOrDefault("model", "");
    return targets.stream()
        .map(
            target -> {
              int index = seeds.indexOf(target.seed());
              if (index < 0
                  || index >= attribution.targets()
                  || !model.equals(target.modelFingerprint())) {
                throw new JourneyException(
                    attribution.manifest().directory()
                        + " is of other targets than those drawn with the seed "
                        + target.seed()
                        + ": name the attribution of these targets.");
              }
              return of(attribution, index);
            })
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
