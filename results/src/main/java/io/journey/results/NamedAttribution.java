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
 */
public record NamedAttribution(String name, Attribution attribution) {
  public NamedAttribution {
    requireNonNull(attribution.manifest(), "attribution.manifest");
    if (name.isBlank() || name.length() > 60 || !name.codePoints().allMatch(c -> c >= ' ')) {
      throw new SettingException(
          "the name of an estimator has 1 to 60 printable characters, got '" + name + "'");
    }
  }

  /**
   * Opens what a user typed.
   *
   * @param text {@code NAME=DIR}, or {@code DIR}, whose last part is the name then
   * @throws JourneyException if there is no finished attribution
   */
  public static NamedAttribution parse(String text) {
    int equals = text.indexOf('=');
    try {
      Path directory = Path.of(text.substring(equals + 1));
      String name =
          equals >= 0
              ? text.substring(0, equals)
              : directory.toAbsolutePath().normalize().getFileName().toString();
      return new NamedAttribution(name, Attribution.open(directory));
    } catch (InvalidPathException e) {
      throw new JourneyException(
          "Attribution '" + text + "' is no path of this system: " + e.getReason() + ".", e);
    }
  }
}
