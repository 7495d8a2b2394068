package io.journey.results;

import static java.util.Objects.requireNonNull;

import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The scores of one of several estimators that are compared.
 *
 * @param name of the estimator in tables and figures
 * @param attribution its scores, read from a directory
 * @param overSteps whether its scores of the whole trajectory are meant, the same at every step
 */
public record NamedAttribution(String name, Attribution attribution, boolean overSteps) {
  private static final String OVER_STEPS = "?over-steps";

  public NamedAttribution {
    requireNonNull(attribution.manifest(), "attribution.manifest");
    if (name.isBlank() || name.length() > 60 || !name.codePoints().allMatch(c -> c >= ' ')) {
      throw new SettingException(
          "the name of an estimator has 1 to 60 printable characters, got '" + name + "'");
    }
    if (overSteps && attribution.overSteps().isEmpty()) {
      throw new JourneyException(
          attribution.manifest().directory()
              + " has no scores of the whole trajectory: attribute with --over-steps.");
    }
  }

  /** The scores of single steps. */
  public NamedAttribution(String name, Attribution attribution) {
    this(name, attribution, false);
  }

  /**
   * Opens what a user typed.
   *
   * @param text {@code NAME=DIR}, or {@code DIR}, whose last part is the name then; with {@code
   *     ?over-steps} behind it, the scores of the whole trajectory are meant
   * @throws JourneyException if there is no finished attribution, or it has no such scores
   */
  public static NamedAttribution parse(String text) {
    int equals = text.indexOf('=');
    try {
      boolean overSteps = text.endsWith(OVER_STEPS);
      int end = overSteps ? text.length() - OVER_STEPS.length() : text.length();
      Path directory = Path.of(text.substring(equals + 1, end));
      String name =
          equals >= 0
              ? text.substring(0, equals)
              : directory.toAbsolutePath().normalize().getFileName().toString();
      return new NamedAttribution(name, Attribution.open(directory), overSteps);
    } catch (InvalidPathException e) {
      throw new JourneyException(
          "Attribution '" + text + "' is no path of this system: " + e.getReason() + ".", e);
    }
  }

  /** Returns what names these scores among the inputs of a result. */
  public String fingerprint() {
    return attribution.manifest().fingerprint() + (overSteps ? OVER_STEPS : "");
  }

  /**
   * Returns the scores of a target.
   *
   * @param step t
   * @throws SettingException if those of single steps are meant and it was not attributed
   */
  public StepScores at(int step, int target) {
    return overSteps
        ? new StepScores(
            attribution.overSteps().orElseThrow().scores(target), attribution.examples())
        : attribution.at(step, target);
  }
}
