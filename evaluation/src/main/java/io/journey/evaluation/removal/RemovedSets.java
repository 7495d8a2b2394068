package io.journey.evaluation.removal;

import io.journey.evaluation.TargetPlaces;
import io.journey.random.Seed;
import io.journey.results.Influence;
import io.journey.results.NamedAttribution;
import io.journey.results.StepScores;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the training images that are removed: the K highest of each estimator for each target,
 * and K random ones. Smaller sets of one choice are part of its larger ones.
 */
final class RemovedSets {
  private static final String LOWEST = ", lowest";

  private RemovedSets() {}

  /** Returns how the lowest scores of an estimator are called. */
  static String bottom(String estimator) {
    return estimator + LOWEST;
  }

  /** Returns the images of a source as in a sentence: "the 200 highest of trak". */
  static String words(String source, int k) {
    return source.endsWith(LOWEST)
        ? "the " + k + " lowest of " + source.substring(0, source.length() - LOWEST.length())
        : "the " + k + " highest of " + source;
  }

  /** Returns the sources that may be compared with random removal, in order. */
  static List<String> sources(List<NamedAttribution> estimators, RemovalConfig config) {
    List<String> sources = new ArrayList<>();
    for (NamedAttribution estimator : estimators) {
      sources.add(estimator.name());
      if (config.bottom()) {
        sources.add(bottom(estimator.name()));
      }
    }
    return sources;
  }

  /**
   * Returns all sets.
   *
   * @param size N
   * @throws JourneyException if an attribution is not of these targets
   */
  static List<Removal> of(
      List<NamedAttribution> estimators, List<Trajectory> targets, int size, RemovalConfig config) {
    List<Removal> sets = new ArrayList<>();
    for (NamedAttribution estimator : estimators) {
      int[] places = TargetPlaces.of(estimator.attribution(), targets);
      for (int target = 0; target < targets.size(); target++) {
        StepScores scores = estimator.at(config.step(), places[target]);
        int most = config.removed().get(config.removed().size() - 1);
        int[] top = scores.top(most).stream().mapToInt(Influence::index).toArray();
        add(sets, estimator.name(), target, 0, top, size, config);
        if (config.bottom()) {
          int[] lowest = scores.bottom(most).stream().mapToInt(Influence::index).toArray();
          add(sets, bottom(estimator.name()), target, 0, lowest, size, config);
        }
      }
    }
    for (int set = 0; set < config.randomSets(); set++) {
      Seed seed = Seed.of(config.seed()).child("random set").child(set);
      int[] order = seed.stream().permutation(size);
      add(sets, Removal.RANDOM, Removal.EVERY_TARGET, set, order, size, config);
    }
    return sets;
  }

  private static void add(
      List<Removal> sets,
      String source,
      int target,
      int set,
      int[] order,
      int size,
      RemovalConfig config) {
    for (int k : config.removed()) {
      BitSet kept = new BitSet(size);
      kept.set(0, size);
      Arrays.stream(order, 0, k).forEach(kept::clear);
      sets.add(new Removal(source, target, k, set, kept));
    }
  }

  /** Refuses names that would not tell lines of tables apart. */
  static void requireNames(List<NamedAttribution> estimators, RemovalConfig config) {
    Set<String> names =
        new HashSet<>(List.of(Removal.RANDOM, RemovalTable.OTHER_SEED, RemovalTable.REFERENCE));
    for (String source : sources(estimators, config)) {
      if (!names.add(source)) {
        throw new SettingException(
            "the name "
                + source
                + " is taken: give every estimator a name of its own, as in NAME=DIR");
      }
    }
  }
}
