package io.journey.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a tokenizer, by their names; none is read that is no regular file, or very large.
 *
 * @param path of the folder
 */
record TokenizerFolder(Path path) {
  static final String WHOLE = "tokenizer.json";
  static final String VOCABULARY = "vocab.json";
  static final String MERGES = "merges.txt";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL = "special_tokens_map.json";
  static final String ADDED = "added_tokens.json";

  /** Ends a message on a damaged file. */
  static final String FETCH = ": fetch the tokenizer again.";

  /** CLIP's own have 1 to 4 MB. */
  private static final long MAX_BYTES = 16L << 20;

  /** Returns whether there is a tokenizer. */
  boolean isTokenizer() {
    return exists(WHOLE) || exists(VOCABULARY);
  }

  boolean exists(String name) {
    return Files.exists(path.resolve(name));
  }

  private Path sized(String name) {
    Path file = path.resolve(name);
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new JourneyException(file + " is no regular file" + FETCH);
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new JourneyException(
            file
                + " has "
                + Counted.of(Files.size(file), "bytes")
                + ", expected "
                + MAX_BYTES
                + " at most"
                + FETCH);
      }
      return file;
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  ObjectNode json(String name) {
    return Json.readPython(sized(name));
  }

  String where(String name) {
    return path.resolve(name).toString();
  }

  String text(String name) {
    Path file = sized(name);
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }
}
