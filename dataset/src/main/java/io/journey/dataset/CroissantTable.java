package io.journey.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ParquetFile.Page;
import io.journey.run.ByteOrderMark;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Columns of text of a table: Parquet, CSV with a header, or an object of JSON a line. */
final class CroissantTable {
  private static final long MOST_BYTES = 64L << 20;

  private final Path file;
  private final Map<String, List<String>> columns = new LinkedHashMap<>();

  private CroissantTable(Path file, Collection<String> wanted) {
    this.file = file;
    wanted.forEach(name -> columns.put(name, new ArrayList<>()));
  }

  /**
   * Reads some columns; what is missing in a row is "".
   *
   * @throws JourneyException if it is no such table, or lacks one of them
   */
  static Map<String, List<String>> read(Path file, Collection<String> wanted) {
    CroissantTable table = new CroissantTable(file, wanted);
    String name = FileNames.shown(file).toLowerCase(Locale.ROOT);
    if (ParquetTable.isParquet(name)) {
      table.readParquet();
    } else if (name.endsWith(".csv")) {
      table.readCsv();
    } else if (name.endsWith(".jsonl")) {
      table.readLines();
    } else {
      throw new JourneyException(
          file + " is no table that is read: expected .parquet, .csv or .jsonl.");
    }
    return table.columns;
  }

  private void readParquet() {
    ParquetFile parquet = ParquetFile.open(file);
    columns.forEach(
        (name, values) -> {
          ParquetColumn column =
              parquet.columns().stream()
                  .filter(c -> c.top().equals(name) && c.isLabel())
                  .findFirst()
                  .orElseThrow(() -> missing(name));
          for (Page page : parquet.pages(column)) {
            for (Object value : parquet.read(page)) {
              values.add(
                  value instanceof byte[] text
                      ? FileNames.utf8(text, "A " + name + " of " + file)
                      : value == null ? "" : value.toString());
            }
          }
        });
  }

  private void readCsv() {
    Csv.rows(
        text(),
        file,
        header -> {
          Map<String, Integer> places = new HashMap<>();
          columns.keySet().forEach(name -> places.put(name, place(header, name)));
          return row -> columns.forEach((name, values) -> values.add(row.get(places.get(name))));
        });
  }

  private int place(List<String> header, String name) {
    if (!header.contains(name)) {
      throw missing(name);
    }
    return header.indexOf(name);
  }

  private void readLines() {
    int number = 0;
    for (String line : text().lines().toList()) {
      number++;
      if (!line.isBlank()) {
        String where = file + ": line " + number;
        ObjectNode row = Json.parseLine(line.getBytes(StandardCharsets.UTF_8), where);
        columns.forEach(
            (name, values) -> {
              JsonNode value = row.path(name);
              values.add(value.isValueNode() && !value.isNull() ? value.asText() : "");
            });
      }
    }
  }

  private String text() {
    SourceFile source = SourceFile.of(file);
    if (source.size() > MOST_BYTES) {
      throw new JourneyException(
          file + " has more than 64 MB, too much for a table of text: write it as Parquet.");
    }
    try {
      return ByteOrderMark.cut(
          FileNames.utf8(source.slice(0, (int) source.size()).read(), file.toString()));
    } catch (IOException e) {
      throw SourceFile.unreadable(file, e);
    }
  }

  private JourneyException missing(String name) {
    return new JourneyException(file + " has no column of text named " + name + ".");
  }
}
