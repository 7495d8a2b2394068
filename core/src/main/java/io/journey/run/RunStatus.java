package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How far the stage of a run directory has come, seen from outside: nothing is claimed or changed.
 *
 * @param kind what the stage makes
 * @param finished whether the manifest is written
 * @param settings the resolved settings
 * @param inputs fingerprints of what the stage reads
 * @param files how many files are whole
 * @param bytes their size together
 * @param seconds the work so far; 0 where it was not noted
 */
public record RunStatus(
    String kind,
    boolean finished,
    ObjectNode settings,
    ObjectNode inputs,
    int files,
    long bytes,
    double seconds) {

  /** Whether a stage has begun to write this directory. */
  public static boolean isRunDirectory(Path directory) {
    return Files.exists(directory.resolve(Manifest.FILE))
        || Files.exists(directory.resolve(RunDirectory.SETTINGS));
  }

  /**
   * Reads the status of a directory.
   *
   * @throws JourneyException if no stage has begun there, or what it wrote is damaged
   */
  public static RunStatus of(Path directory) {
    try {
      if (Files.exists(directory.resolve(Manifest.FILE))) {
        return finished(directory);
      }
      Path settings = directory.resolve(RunDirectory.SETTINGS);
      ObjectNode header = Json.read(settings);
      Journal journal = Journal.read(directory);
      long bytes = journal.files().values().stream().mapToLong(f -> f.path("bytes").asLong()).sum();
      return new RunStatus(
          header.path("kind").asText(),
          false,
          object(header, "settings", settings),
          object(header, "inputs", settings),
          journal.files().size(),
          bytes,
          journal.seconds());
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + directory + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static RunStatus finished(Path directory) {
    Manifest manifest = Manifest.read(directory);
    long bytes = 0;
    for (String name : manifest.names()) {
      bytes += manifest.bytes(name);
    }
    Path timing = directory.resolve(RunDirectory.TIMING);
    double seconds = Files.exists(timing) ? Json.read(timing).path("seconds").asDouble() : 0;
    return new RunStatus(
        manifest.kind(),
        true,
        manifest.settings(),
        manifest.inputs(),
        manifest.names().size(),
        bytes,
        seconds);
  }

  private static ObjectNode object(ObjectNode header, String field, Path file) {
    JsonNode node = header.get(field);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new JourneyException(file + " has no object \"" + field + "\": it is not Journey's.");
  }
}
