package io.journey.results;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.dataset.Dataset;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The examples a store has rows for, as CSV: {@code index,id,label,class}. */
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

  /**
   * A line of the table.
   *
   * @param index from 0
   * @param id its name in the data set
   * @param label the number of its class, −1 where it has none
   * @param className its class by name, or ""
   */
  public record Row(int index, String id, int label, @JsonProperty("class") String className) {}

  private ExampleTable() {}

  /** The table of a data set. */
  public static String of(Dataset data) {
    return Csv.table(
        Row.class, IntStream.range(0, data.size()).mapToObj(i -> row(data, i)).toList());
  }

  private static Row row(Dataset data, int i) {
    return new Row(
        i,
        data.id(i),
        data.condition(i).classNumber().orElse(-1),
        data.condition(i).words(data.classNames()));
  }

  /** Reads a table. */
  public static List<Example> read(Path file) {
    try {
      return Csv.read(Row.class, Files.readString(file), file, "make the features again").stream()
          .map(row -> new Example(row.id(), row.className()))
          .toList();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }
}
