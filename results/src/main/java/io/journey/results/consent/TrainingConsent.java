package io.journey.results.consent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Content;
import io.journey.dataset.Dataset;
import io.journey.run.Confined;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a picture says of generative models being trained on it: the entry {@code
 * cawg.ai_generative_training} of its assertion {@code cawg.training-mining} (CAWG Training and
 * Data Mining Assertion 1.1), or {@code c2pa.ai_generative_training} of {@code
 * c2pa.training-mining}, as it was called before. It is read, not verified: whoever wrote the file
 * may have written it.
 *
 * @param use what is allowed
 * @param words what is said beside it: the constraint, or why nothing can be read; "" for nothing
 */
public record TrainingConsent(Use use, String words) {
  /** What is allowed. */
  public enum Use {
    /** Nothing is said. */
    UNSAID(""),
    /** Training is allowed. */
    ALLOWED("allowed"),
    /** Training is allowed on conditions. */
    CONSTRAINED("constrained"),
    /** Training is not allowed. */
    NOT_ALLOWED("notAllowed"),
    /** Something is said that cannot be read. */
    UNREADABLE("unreadable");

    private final String text;

    Use(String text) {
      this.text = text;
    }

    /** Returns it as assertions write it, "" where nothing is said. */
    @Override
    public String toString() {
      return text;
    }
  }

  private static final TrainingConsent NOTHING = new TrainingConsent(Use.UNSAID, "");
  private static final List<String> MAKERS = List.of("cawg", "c2pa");
  private static final String ASSERTION = ".training-mining";
  private static final String ENTRY = ".ai_generative_training";

  /** Ends the name of a sidecar of JSON, and of one of boxes. */
  private static final String JSON = ".c2pa.json";

  private static final String BOXES = ".c2pa";

  /** A sidecar has at most so many bytes. */
  private static final long MOST_BYTES = 16L << 20;

  /** Returns whether training is not allowed, or on conditions, or nobody can read it. */
  public boolean isFlagged() {
    return use == Use.NOT_ALLOWED || use == Use.CONSTRAINED || use == Use.UNREADABLE;
  }

  /** Returns what is said of training, such as "training not allowed". */
  public String sentence() {
    String said =
        switch (use) {
          case UNSAID -> "nothing said of training";
          case ALLOWED -> "training allowed";
          case CONSTRAINED -> "training on conditions";
          case NOT_ALLOWED -> "training not allowed";
          case UNREADABLE -> "what is said of training cannot be read";
        };
    return words.isEmpty() ? said : said + ": " + words;
  }

  /**
   * Reads what an example's image says. A sidecar comes before what the image itself carries:
   * {@code cat.png.c2pa.json} or {@code cat.c2pa.json} beside {@code cat.png}, or {@code cat.c2pa}.
   *
   * @param data pictures
   */
  public static TrainingConsent of(Dataset data, int example) {
    try {
      Optional<Path> file = data.file(example);
      if (file.isPresent()) {
        Optional<TrainingConsent> beside = beside(file.get().toAbsolutePath());
        if (beside.isPresent()) {
          return beside.get();
        }
      }
      Optional<Content> picture = data.encoded(example);
      Optional<byte[]> store =
          picture.isEmpty() ? Optional.empty() : ManifestStore.in(picture.get().read());
      return store.isEmpty() ? NOTHING : ofStore(store.get());
    } catch (IOException | JourneyException e) {
      String why = e instanceof IOException io ? Failures.reason(io) : e.getMessage();
      return new TrainingConsent(Use.UNREADABLE, Failures.quoted(why));
    }
  }

  private static Optional<TrainingConsent> beside(Path file) throws IOException {
    for (boolean wholeName : new boolean[] {true, false}) {
      Optional<byte[]> json = Confined.beside(file, wholeName, JSON, MOST_BYTES);
      if (json.isPresent()) {
        return Optional.of(ofJson(Json.parse(json.get(), file.getFileName() + JSON)));
      }
    }
    Optional<byte[]> boxes = Confined.beside(file, false, BOXES, MOST_BYTES);
    if (boxes.isPresent()) {
      return Optional.of(ofStore(boxes.get()));
    }
    return Optional.empty();
  }

  /**
   * Reads a manifest as JSON, as C2PA's tools write it: {@code assertions} is a list, of the object
   * itself or of its active manifest.
   */
  static TrainingConsent ofJson(ObjectNode sidecar) {
    JsonNode manifest =
        sidecar.path("manifests").path(sidecar.path("active_manifest").asText()).isObject()
            ? sidecar.path("manifests").path(sidecar.path("active_manifest").asText())
            : sidecar;
    for (String maker : MAKERS) {
      for (JsonNode assertion : manifest.path("assertions")) {
        if (assertion.path("label").asText().equals(maker + ASSERTION)) {
          return ofEntries(assertion.path("data"), maker);
        }
      }
    }
    return NOTHING;
  }

  private static TrainingConsent ofStore(byte[] store) throws IOException {
    for (String maker : MAKERS) {
      Optional<JsonNode> assertion = ManifestStore.assertion(store, maker + ASSERTION);
      if (assertion.isPresent()) {
        return ofEntries(assertion.get(), maker);
      }
    }
    return NOTHING;
  }

  private static TrainingConsent ofEntries(JsonNode assertion, String maker) {
    JsonNode entry = assertion.path("entries").path(maker + ENTRY);
    if (entry.isMissingNode()) {
      return NOTHING;
    }
    String said = entry.path("use").asText();
    for (Use use : List.of(Use.ALLOWED, Use.CONSTRAINED, Use.NOT_ALLOWED)) {
      if (use.toString().equals(said)) {
        return new TrainingConsent(use, entry.path("constraint_info").asText());
      }
    }
    return new TrainingConsent(Use.UNREADABLE, "use is '" + Failures.quoted(said) + "'");
  }
}
