package io.journey.embedding;

import io.journey.run.JourneyException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens embedders from what a user types. */
public final class Embedders {
  private static final String FORMS = "classifier:DIR";

  private Embedders() {}

  /**
   * Opens an embedder; the forms are described in {@code docs/formats/embeddings.md}.
   *
   * @param spec {@code classifier:DIR}
   * @return the embedder, to be closed
   * @throws JourneyException if the spec is wrong, or what it names is missing or damaged
   */
  public static Embedder open(String spec) {
    int colon = spec.indexOf(':');
    String kind = colon < 0 ? "" : spec.substring(0, colon);
    String place = spec.substring(colon + 1);
    if (place.isEmpty()) {
      throw new JourneyException("Embedder '" + spec + "' names no file: write " + FORMS + ".");
    }
    return switch (kind) {
      case "classifier" -> Classifier.open(path(place, spec));
      default ->
          throw new JourneyException(
              "Embedder '" + spec + "' is of no known kind: write " + FORMS + ".");
    };
  }

  private static Path path(String place, String spec) {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new JourneyException(
          "Embedder '" + spec + "' is no path of this system: " + e.getReason() + ".", e);
    }
  }
}
