package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The notes of an unfinished stage, {@code journal.jsonl}: after each file one line with its name,
 * size and SHA-256, and one with the seconds of work so far. A line cut short by a kill is skipped:
 * its file is made again. A task that another process does has a file of notes of its own, {@code
 * journal-*.jsonl}, which goes when they are taken over.
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

  private static final String OF_TASK = "journal-";
  private static final String ENDING = ".jsonl";

  /** Digits that tell the tasks of a stage apart. */
  private static final int KEY_DIGITS = 24;

  private final Path directory;
  private final String name;
  private final SortedMap<String, Entry> files = new TreeMap<>();
  private double seconds;

  private Journal(Path directory, String name) {
    this.directory = directory;
    this.name = name;
  }

  /** Returns the name of the notes of a task that another process does. */
  static String nameFor(String task) {
    String digest = Checksums.of(task.getBytes(StandardCharsets.UTF_8));
    return OF_TASK + digest.substring(0, KEY_DIGITS) + ENDING;
  }

  /** Returns the names of the notes of tasks that other processes have begun. */
  static List<String> ofTasks(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(found -> found.startsWith(OF_TASK) && found.endsWith(ENDING))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new JourneyException("Cannot list " + directory + ": " + Failures.reason(e) + ".", e);
    }
  }

  /**
   * Reads the notes in a directory; none are no error.
   *
   * @throws JourneyException if a note names a file outside the directory
   */
  static Journal read(Path directory) {
    return read(directory, FILE);
  }

  /**
   * Reads some notes in a directory; none are no error.
   *
   * @throws JourneyException as {@link #read(Path)}
   */
  static Journal read(Path directory, String name) {
    Journal journal = new Journal(directory, name);
    if (Confined.exists(directory, name)) {
      byte[] text = Confined.bytes(directory, name, MOST_BYTES);
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
      String file = entry.get("file").textValue();
      Confined.requireName(directory, file, Confined.path(directory, name));
      files.put(file, new Entry(entry.get("bytes").longValue(), entry.get("sha256").textValue()));
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
            Confined.path(directory, this.name),
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

  /** Returns whether a file is there, as it was noted. */
  boolean isWhole(String file) {
    Entry entry = files.get(file);
    try {
      return entry != null
          && Confined.exists(directory, file)
          && Files.size(Confined.path(directory, file)) == entry.bytes()
          && Checksums.of(Confined.path(directory, file)).equals(entry.sha256());
    } catch (IOException e) {
      return false;
    }
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
