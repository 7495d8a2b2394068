package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The notes of an unfinished stage, {@code journal.jsonl}: after each file one line with its name,
 * size and SHA-256, and one with the seconds of work so far. A line cut short by a kill is skipped:
 * its file is made again.
 */
final class Journal {
  /** The file's name. */
  static final String FILE = "journal.jsonl";

  private final Path file;
  private final SortedMap<String, ObjectNode> files = new TreeMap<>();
  private double seconds;

  private Journal(Path file) {
    this.file = file;
  }

  /** Reads the notes in a directory; none are no error. */
  static Journal read(Path directory) throws IOException {
    Journal journal = new Journal(directory.resolve(FILE));
    if (Files.exists(journal.file)) {
      String text = new String(Files.readAllBytes(journal.file), StandardCharsets.UTF_8);
      text.lines().forEach(journal::take);
    }
    return journal;
  }

  private void take(String line) {
    ObjectNode entry;
    try {
      entry = Json.parse(line.getBytes(StandardCharsets.UTF_8), FILE);
    } catch (JourneyException e) {
      return;
    }
    if (entry.has("seconds")) {
      seconds = entry.get("seconds").asDouble();
    } else if (entry.has("file") && entry.has("bytes") && entry.has("sha256")) {
      files.put(entry.get("file").asText(), entry);
    }
  }

  /** Adds the files of a finished stage, which its manifest notes. */
  void take(Manifest manifest) {
    for (String name : manifest.names()) {
      files.putIfAbsent(name, manifest.entry(name));
    }
  }

  /** Notes a file that is whole, durably. */
  void note(String name, long bytes, String sha256, double secondsSoFar) throws IOException {
    ObjectNode entry = Json.object().put("file", name).put("bytes", bytes).put("sha256", sha256);
    ObjectNode clock = Json.object().put("seconds", secondsSoFar);
    // A leading newline ends a line that a kill cut short.
    String lines = "\n" + entry + "\n" + clock + "\n";
    ByteBuffer text = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    files.put(name, entry);
  }

  /** Name, size and SHA-256 of every file noted, by name. */
  SortedMap<String, ObjectNode> files() {
    return files;
  }

  /** The seconds of work that were noted last. */
  double seconds() {
    return seconds;
  }
}
