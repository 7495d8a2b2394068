package io.journey.evaluation;

import io.journey.array.Safetensors;
import io.journey.results.Attribution;
import io.journey.run.JourneyException;
import io.journey.sampling.Trajectory;
import java.util.Arrays;
import java.util.List;

/** Finds the targets of a file among those of an attribution. */
public final class TargetPlaces {
  private TargetPlaces() {}

  /**
   * Returns where each target is in an attribution.
   *
   * @throws JourneyException if the attribution is not of these targets
   */
  public static int[] of(Attribution attribution, List<Trajectory> targets) {
    Safetensors pictures = Safetensors.open(attribution.manifest().verified(Attribution.TARGETS));
    List<String> seeds = Arrays.asList(pictures.metadata().getOrDefault("seeds", "").split(" "));
    String model = pictures.metadata().getOrDefault("model", "");
    return targets.stream()
        .mapToInt(
            target -> {
              int place = seeds.indexOf(target.seed());
              if (place < 0
                  || place >= attribution.targets()
                  || !model.equals(target.modelFingerprint())) {
                throw new JourneyException(
                    attribution.manifest().directory()
                        + " is of other targets than those sampled with the seed "
                        + target.seed()
                        + ": name the attribution of these targets.");
              }
              return place;
            })
        .toArray();
  }
}
