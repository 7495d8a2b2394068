package io.journey.results;

import io.journey.run.Confined;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Manifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a finished evaluation on disk. Nothing is read that its manifest does not list with
 * a checksum, that is larger than a result ever is, or that is a link.
 */
public final class EvaluationFiles {
  private static final long MOST_TEXT = 1L << 20;
  private static final long MOST_FIGURE = 16L << 20;
  private static final long MOST_TABLE = 16L << 20;

  private final Manifest manifest;
  private final EvaluationResult result;

  /**
   * The beginning of a table.
   *
   * @param header the names of columns
   * @param rows the first rows, each of any number of fields
   * @param size how many rows there are
   */
  public record Table(List<String> header, List<List<String>> rows, int size) {}

  private EvaluationFiles(Manifest manifest, EvaluationResult result) {
    this.manifest = manifest;
    this.result = result;
  }

  static EvaluationFiles open(Path directory) {
    Manifest manifest = Manifest.read(directory);
    if (!manifest.lists(EvaluationResult.FILE)) {
      throw new JourneyException(
          directory
              + " holds "
              + Failures.quoted(manifest.kind())
              + " without "
              + EvaluationResult.FILE
              + ": name the directory of a journey evaluate.");
    }
    byte[] json = bytes(manifest, EvaluationResult.FILE, MOST_TEXT);
    Path file = Confined.path(directory, EvaluationResult.FILE);
    EvaluationResult result = EvaluationResult.of(Json.parse(json, file.toString()), file);
    return new EvaluationFiles(manifest, result);
  }

  /** Returns the result of the evaluation. */
  public EvaluationResult result() {
    return result;
  }

  /** Returns the run's manifest. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Returns a figure as it is in its file: to be shown as a picture, never as part of a page.
   *
   * @throws JourneyException if it is missing or damaged
   */
  public byte[] svg(String figure) {
    require(result.figures().containsKey(figure), figure);
    return bytes(manifest, figure + ".svg", MOST_FIGURE);
  }

  /**
   * Returns the beginning of a table.
   *
   * @param most rows to keep
   * @throws JourneyException if it is missing, damaged or empty
   */
  public Table table(String name, int most) {
    require(result.tables().contains(name), name);
    String text = new String(bytes(manifest, name, MOST_TABLE), StandardCharsets.UTF_8);
    List<List<String>> lines = new ArrayList<>();
    int[] count = {0};
    Path file = Confined.path(manifest.directory(), name);
    Csv.lines(
        text,
        file,
        line -> {
          if (count[0]++ <= most) {
            lines.add(line);
          }
        });
    if (lines.isEmpty()) {
      throw new JourneyException(file + " is empty, expected a header: evaluate again.");
    }
    return new Table(lines.get(0), lines.subList(1, lines.size()), count[0] - 1);
  }

  private void require(boolean listed, String name) {
    if (!listed) {
      throw new IllegalArgumentException(
          "the result in " + manifest.directory() + " lists no " + name);
    }
  }

  private static byte[] bytes(Manifest manifest, String name, long most) {
    byte[] bytes = Confined.bytes(manifest.directory(), name, most);
    manifest.verified(name);
    return bytes;
  }
}
