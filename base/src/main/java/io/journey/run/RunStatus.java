package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The state of the stage of a run directory, read without claiming or changing it.
 *
 * @param kind what the stage makes
 * @param finished whether the manifest is written
 * @param settings the resolved settings
 * @param inputs fingerprints of what the stage reads
 * @param files how many files are whole
 * @param bytes their size together
 * @param begun how many parts of the work are kept unfinished, to go on in their midst
 * @param seconds the work so far; 0 where it was not noted
 */
public record RunStatus(
    String kind,
    boolean finished,
    ObjectNode settings,
    ObjectNode inputs,
    int files,
    long bytes,
    int begun,
    double seconds) {

  /** Returns whether a stage has begun to write this directory. */
  public static boolean isRunDirectory(Path directory) {
    return isThere(directory, Manifest.FILE) || isThere(directory, RunDirectory.SETTINGS);
  }

  /** A link counts: whoever opens it says that it is one. */
  private static boolean isThere(Path directory, String name) {
    return Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Reads the status of a directory.
   *
   * @throws JourneyException if no stage has begun there, or what it wrote is damaged
   */
  public static RunStatus of(Path directory) {
    if (Confined.exists(directory, Manifest.FILE)) {
      return finished(directory);
    }
    Path settings = Confined.file(directory, RunDirectory.SETTINGS);
    JsonFields header = new JsonFields(Json.read(settings), settings.toString());
    Journal journal = Journal.read(directory);
    return new RunStatus(
        header.text("kind"),
        false,
        header.object("settings"),
        header.object("inputs"),
        journal.files().size(),
        journal.files().values().stream().mapToLong(Journal.Entry::bytes).sum(),
        RunDirectory.begun(directory),
        journal.seconds());
  }

  private static RunStatus finished(Path directory) {
    Manifest manifest = Manifest.read(directory);
    long bytes = 0;
    for (String name : manifest.names()) {
      bytes += manifest.bytes(name);
    }
    boolean timed = Confined.exists(directory, RunDirectory.TIMING);
    double seconds = timed ? seconds(Confined.file(directory, RunDirectory.TIMING)) : 0;
    return new RunStatus(
        manifest.kind(),
        true,
        manifest.settings(),
        manifest.inputs(),
        manifest.names().size(),
        bytes,
        0,
        seconds);
  }

  private static double seconds(Path timing) {
    return new JsonFields(Json.read(timing), timing.toString()).number("seconds");
  }
}
