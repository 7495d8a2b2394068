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

/**
 * The examples a store has rows for, as CSV: {@code index,id,label,class}, and {@code caption}
 * where captions of the data set are asked for.
 */
public final class ExampleTable {
  /** Its file in a run directory. */
  public static final String FILE = "examples.csv";

  private static final String CAPTIONED = "index,id,label,class,caption\n";

  /**
   * One example.
   *
   * @param id its name in the data set
   * @param className its class by name, or ""
   * @param caption its first caption, or ""
   */
  public record Example(String id, String className, String caption) {
    /** An example without a caption. */
    public Example(String id, String className) {
      this(id, className, "");
    }
  }

  /**
   * A line of the table.
   *
   * @param index from 0
   * @param id its name in the data set
   * @param label the number of its class, −1 where it has none
   * @param className its class by name, or ""
   */
  public record Row(int index, String id, int label, @JsonProperty("class") String className) {}

  /**
   * A line of the table of a set with captions.
   *
   * @param caption its first caption
   */
  public record CaptionedRow(
      int index, String id, int label, @JsonProperty("class") String className, String caption) {}

  private ExampleTable() {}

  /** The table of a data set. */
  public static String of(Dataset data) {
    if (data.isCaptioned()) {
      return Csv.table(
          CaptionedRow.class,
          IntStream.range(0, data.size()).mapToObj(i -> captioned(data, i)).toList());
    }
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

  private static CaptionedRow captioned(Dataset data, int i) {
    Row row = row(data, i);
    return new CaptionedRow(i, row.id(), row.label(), row.className(), data.captions(i).get(0));
  }

  /** Returns the examples of a data set, as {@link #read} gives them from its table. */
  public static List<Example> examples(Dataset data) {
    boolean captioned = data.isCaptioned();
    return IntStream.range(0, data.size())
        .mapToObj(
            i ->
                new Example(
                    data.id(i), row(data, i).className(), captioned ? data.captions(i).get(0) : ""))
        .toList();
  }

  /** Reads a table. */
  public static List<Example> read(Path file) {
    try {
      String table = Files.readString(file);
      String remedy = "make the features again";
      if (table.startsWith(CAPTIONED)) {
        return Csv.read(CaptionedRow.class, table, file, remedy).stream()
            .map(row -> new Example(row.id(), row.className(), row.caption()))
            .toList();
      }
      return Csv.read(Row.class, table, file, remedy).stream()
          .map(row -> new Example(row.id(), row.className()))
          .toList();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }
}
