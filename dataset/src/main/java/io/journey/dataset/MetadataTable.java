package io.journey.dataset;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.journey.run.ByteOrderMark;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A table with a row an image: {@code file_name} is its path, another column its captions. Read
 * front to back, a row at a time.
 */
final class MetadataTable {
  private static final String FILE_NAME = "file_name";
  private static final int MOST_COLUMNS = 10_000;

  private final SourceFile source;
  private final Optional<String> asked;
  private final boolean numbers;
  private final Set<String> columns = new LinkedHashSet<>();
  private Optional<String> column = Optional.empty();

  MetadataTable(SourceFile source, CaptionCollector captions) {
    this.source = source;
    this.asked = captions.column();
    this.numbers = captions.isAnyColumn();
  }

  Path file() {
    return source.path();
  }

  /** Returns whether it has a column of captions, once it is read. */
  boolean hasCaptions() {
    return column.isPresent();
  }

  /** Returns the names of the other columns, once it is read: those that hold text somewhere. */
  Set<String> columns() {
    return columns;
  }

  /** Hands over the path and the captions of every row. */
  void read(boolean json, BiConsumer<String, List<String>> each) {
    try (ByteStream in = source.stream(0, source.size())) {
      if (json) {
        readLines(in, each);
        column = CaptionNames.choose(asked, columns, file());
      } else {
        readCsv(in, each);
      }
    } catch (IOException e) {
      String place =
          e instanceof JacksonException j && j.getLocation() != null
              ? " (line " + j.getLocation().getLineNr() + ")"
              : "";
      throw CaptionFiles.damaged(file(), "table", place, e);
    }
  }

  private void readLines(ByteStream in, BiConsumer<String, List<String>> each) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int number = 1;
    for (int b = in.read(); ; b = in.read()) {
      if (b >= 0 && b != '\n') {
        line.write(b);
        if (line.size() > CaptionFiles.MAX_BYTES) {
          throw new JourneyException(
              file() + " has a line of more than a megabyte, line " + number + ": shorten it.");
        }
        continue;
      }
      String text = FileNames.utf8(line.toByteArray(), file() + ": line " + number);
      text = number == 1 ? ByteOrderMark.cut(text) : text;
      if (!text.isBlank()) {
        readLine(text, file() + ": line " + number, each);
      }
      if (b < 0) {
        return;
      }
      line.reset();
      number++;
    }
  }

  private void readLine(String text, String where, BiConsumer<String, List<String>> each) {
    ObjectNode row = Json.parseLine(text.getBytes(StandardCharsets.UTF_8), where);
    JsonNode name = row.path(FILE_NAME);
    if (!name.isTextual()) {
      throw new JourneyException(where + " has no file_name in text: add the path of an image.");
    }
    row.properties().stream()
        .filter(f -> !f.getKey().equals(FILE_NAME) && isTexts(f.getValue(), numbers))
        .forEach(f -> add(f.getKey(), where));
    Optional<String> here = asked.isPresent() ? asked : CaptionNames.choose(asked, columns, file());
    here.ifPresent(c -> requireTexts(row.path(c), numbers, where + " has a " + c));
    each.accept(name.textValue(), here.map(c -> texts(row.path(c), numbers)).orElse(List.of()));
  }

  private void add(String name, String where) {
    if (columns.add(name) && columns.size() > MOST_COLUMNS) {
      throw new JourneyException(
          where + " has columns beyond the " + MOST_COLUMNS + " that are read.");
    }
  }

  /** Refuses what is there and is no text: a number is no caption, and not a missing one. */
  private static void requireTexts(JsonNode value, boolean numbers, String what) {
    boolean texts = isText(value, numbers) || value.isMissingNode() || value.isNull();
    if (value.isArray()) {
      texts = true;
      for (JsonNode one : value) {
        texts &= isText(one, numbers);
      }
    }
    if (!texts) {
      throw new JourneyException(
          what
              + " that is no text but "
              + Failures.quoted(value.toString())
              + ": put it in quotes.");
    }
  }

  /**
   * Returns whether a value is a text or a list that begins with one.
   *
   * @param numbers whether numbers, true and false are texts too
   */
  static boolean isTexts(JsonNode value, boolean numbers) {
    return isText(value.isArray() && !value.isEmpty() ? value.get(0) : value, numbers);
  }

  private static boolean isText(JsonNode value, boolean numbers) {
    return value.isTextual() || (numbers && (value.isNumber() || value.isBoolean()));
  }

  /** Returns a text, or all texts of a list. */
  static List<String> texts(JsonNode value, boolean numbers) {
    List<String> texts = new ArrayList<>();
    for (JsonNode one : value.isArray() ? value : List.of(value)) {
      if (isText(one, numbers)) {
        texts.add(one.asText());
      }
    }
    return texts;
  }

  private void readCsv(ByteStream in, BiConsumer<String, List<String>> each) throws IOException {
    Reader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    try (JsonParser parser =
        new CsvMapper().reader().with(CsvParser.Feature.WRAP_AS_ARRAY).createParser(reader)) {
      List<String> header = row(parser);
      if (header != null) {
        header.set(0, ByteOrderMark.cut(header.get(0)));
      }
      if (header == null || !header.contains(FILE_NAME)) {
        throw new JourneyException(
            file()
                + " has no column file_name in its first line: add one with the paths of images.");
      }
      int name = header.indexOf(FILE_NAME);
      List<String> others = header.stream().filter(c -> !c.equals(FILE_NAME)).distinct().toList();
      columns.addAll(others);
      column = CaptionNames.choose(asked, others, file());
      int text = column.map(header::indexOf).orElse(-1);
      for (List<String> row = row(parser); row != null; row = row(parser)) {
        if (row.size() != header.size()) {
          throw new JourneyException(
              file()
                  + " has a row of "
                  + row.size()
                  + " fields where its first line has "
                  + header.size()
                  + " (line "
                  + parser.currentLocation().getLineNr()
                  + "): put texts with commas in quotes.");
        }
        each.accept(row.get(name), text < 0 ? List.of() : List.of(row.get(text)));
      }
    }
  }

  /** Returns the next row that is not blank, null at the end. */
  private List<String> row(JsonParser parser) throws IOException {
    List<String> row = new ArrayList<>();
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token == JsonToken.VALUE_STRING) {
        row.add(parser.getText());
        if (row.size() > MOST_COLUMNS) {
          throw new JourneyException(
              file()
                  + " has a line of more than "
                  + MOST_COLUMNS
                  + " fields: it is no such table.");
        }
      } else if (token == JsonToken.END_ARRAY
          && !row.isEmpty()
          && !(row.size() == 1 && row.get(0).isBlank())) {
        return row;
      } else if (token == JsonToken.END_ARRAY) {
        row.clear();
      }
    }
    return null;
  }
}
