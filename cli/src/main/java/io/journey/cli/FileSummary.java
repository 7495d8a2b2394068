package io.journey.cli;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Summaries of files that are neither arrays nor weights nor data: pages, tables, figures, JSON.
 */
final class FileSummary {
  /** Advice on files of these endings, which Journey writes and does not read. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "html", "a page: open it in a browser",
          "svg", "a figure: open it in a browser",
          "png", "a picture: open it in a viewer; as data, name the folder it lies in",
          "jsonl", "a list of the files that are whole",
          "lock", "locked by the process that writes its directory",
          "tmp", "a file that is being written, or was cut short");

  private FileSummary() {}

  /** Returns whether a file is of a kind that this summary knows, by its ending. */
  static boolean isKnown(Path file) {
    String ending = ending(file);
    return ending.equals("json") || ending.equals("csv") || ADVICE.containsKey(ending);
  }

  /** Prints what a file of a known kind holds, and the run directory it belongs to. */
  static void print(Path file, PrintWriter out) {
    Lines.print(out, "file", file);
    String ending = ending(file);
    if (ending.equals("json")) {
      Lines.printTree(out, "content", Json.read(file));
    } else if (ending.equals("csv")) {
      printTable(file, out);
    } else {
      Lines.print(out, "kind", ADVICE.get(ending));
    }
    for (Path folder = file.toAbsolutePath().getParent();
        folder != null;
        folder = folder.getParent()) {
      if (RunStatus.isRunDirectory(folder)) {
        Lines.print(out, "belongs to", folder + ": journey inspect tells what it is");
        return;
      }
    }
  }

  private static void printTable(Path file, PrintWriter out) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      String header = lines.readLine();
      Lines.print(out, "columns", header == null ? "none, the file is empty" : header);
      if (header != null) {
        Lines.print(out, "table", Counted.of(lines.lines().count(), "lines"));
      }
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
