package io.journey.score;

import io.journey.diffusion.OutputFunction;
import io.journey.features.FeatureStore;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.run.JourneyException;
import io.journey.run.Services;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The estimators there are: those registered in any module. */
public final class Estimators {
  private static final Comparator<Estimator> ORDER =
      Comparator.comparingInt(Estimator::order).thenComparing(Estimator::name);

  private Estimators() {}

  /**
   * Returns all estimators, in the order of tables.
   *
   * @throws JourneyException if one cannot be loaded, or two have one name
   */
  public static List<Estimator> all() {
    return Services.of(Estimator.class, "estimator", List.of(Estimator::name)).stream()
        .sorted(ORDER)
        .toList();
  }

  /**
   * Returns the estimator of a name.
   *
   * @throws SettingException if there is none
   */
  public static Estimator named(String name) {
    List<Estimator> all = all();
    return all.stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingException(
                    "estimator "
                        + name
                        + " is unknown: use one of "
                        + String.join(", ", all.stream().map(Estimator::name).toList())));
  }

  /** Returns the estimator that scores features where none is named. */
  public static Estimator defaultFor(FeatureStore features) {
    return defaultFor(features.function(), features.preconditioner());
  }

  /**
   * Returns the estimator that scores features of a function and preconditioner where none is
   * named.
   *
   * @throws JourneyException if no estimator takes such features
   */
  public static Estimator defaultFor(OutputFunction function, PreconditionerConfig preconditioner) {
    return all().stream()
        .filter(e -> e.needs().isServedBy(function, preconditioner))
        .findFirst()
        .orElseThrow(
            () ->
                new JourneyException(
                    "No estimator takes features of "
                        + FeatureRequirement.options(function, preconditioner)
                        + ": there are "
                        + String.join("; ", described())
                        + "."));
  }

  /**
   * Returns a sentence on features that no estimator takes, empty where one does. They can be made
   * nevertheless, for use elsewhere.
   */
  public static Optional<String> warning(
      OutputFunction function, PreconditionerConfig preconditioner) {
    return all().stream().anyMatch(e -> e.needs().isServedBy(function, preconditioner))
        ? Optional.empty()
        : Optional.of(
            "No estimator takes features of "
                + FeatureRequirement.options(function, preconditioner)
                + ", so attribute and evaluate will refuse them: there are "
                + String.join("; ", described())
                + ".");
  }

  /**
   * Returns what there is: "journey-trak, trak with --preconditioner none", one text for each kind.
   */
  public static List<String> described() {
    Map<String, List<String>> byOptions = new LinkedHashMap<>();
    for (Estimator estimator : all()) {
      byOptions
          .computeIfAbsent(estimator.needs().options(), options -> new ArrayList<>())
          .add(estimator.name());
    }
    return byOptions.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + " with " + entry.getKey())
        .toList();
  }
}
