package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
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

  /** Some hundred thousand files. */
  private static final long MOST_BYTES = 64L << 20;

  /**
   * A file that is whole.
   *
   * @param bytes its size
   * @param sha256 of its content, in hexadecimal
   */
  record Entry(long bytes, String sha256) {}

  private final Path directory;
  private final SortedMap<String, Entry> files = new TreeMap<>();
  private double seconds;

  private Journal(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads the notes in a directory; none are no error.
   *
   * @throws JourneyException if a note names a file outside the directory
   */
  static Journal read(Path directory) {
    Journal journal = new Journal(directory);
    if (Confined.exists(directory, FILE)) {
      byte[] text = Confined.bytes(directory, FILE, MOST_BYTES);
      new String(text, StandardCharsets.UTF_8).lines().forEach(journal::take);
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
    if (entry.path("seconds").isNumber()) {
      seconds = entry.get("seconds").doubleValue();
    } else if (entry.path("file").isTextual()
        && JsonType.INTEGER.accepts(entry.path("bytes"))
        && entry.path("sha256").isTextual()) {
      String name = entry.get("file").textValue();
      Confined.requireName(directory, name, Confined.path(directory, FILE));
      files.put(name, new Entry(entry.get("bytes").longValue(), entry.get("sha256").textValue()));
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
            Confined.path(directory, FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND,
            LinkOption.NOFOLLOW_LINKS)) {
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    files.put(name, new Entry(bytes, sha256));
  }

  /** Name, size and SHA-256 of every file noted, by name. */
  SortedMap<String, Entry> files() {
    return files;
  }

  /** Returns the seconds of work that were noted last. */
  double seconds() {
    return seconds;
  }
}
