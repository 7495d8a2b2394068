package io.journey.results;

import io.journey.dataset.Dataset;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The examples a store has rows for, as CSV: {@code index,id,label,class}, the label −1 where an
 * example has no class. Ids and class names are quoted where they hold a comma, a quote or a line
 * break.
 */
public final class ExampleTable {
  /** Its file in a run directory. */
  public static final String FILE = "examples.csv";

  /**
   * One example.
   *
   * @param id its name in the data set
   * @param className its class by name, or ""
   */
  public record Example(String id, String className) {}

  private ExampleTable() {}

  /** The table of a data set. */
  public static String of(Dataset data) {
    StringBuilder csv = new StringBuilder("index,id,label,class\n");
    for (int i = 0; i < data.size(); i++) {
      csv.append(i)
          .append(',')
          .append(quote(data.id(i)))
          .append(',')
          .append(data.condition(i).classNumber().orElse(-1))
          .append(',')
          .append(quote(data.condition(i).words(data.classNames())))
          .append('\n');
    }
    return csv.toString();
  }

  /** A field of a line, as {@link Csv#quote}. */
  public static String quote(String text) {
    return Csv.quote(text);
  }

  /** Reads a table. */
  public static List<Example> read(Path file) {
    try {
      List<Example> examples = new ArrayList<>();
      List<List<String>> lines = new ArrayList<>();
      Csv.lines(Files.readString(file), file, lines::add);
      if (lines.isEmpty()) {
        throw new JourneyException(file + " is empty, expected a header: make it again.");
      }
      for (List<String> line : lines.subList(1, lines.size())) {
        Integer.parseInt(line.get(2));
        examples.add(new Example(line.get(1), line.get(3)));
      }
      return examples;
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new JourneyException(file + " is no table of examples: make the features again.", e);
    }
  }
}
