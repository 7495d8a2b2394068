package io.journey.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Tables as text, by Jackson: a record type is a table, its components are the columns, named in
 * snake case. Lines end in \n; fields are in quotes where they hold a comma, quote, line break or
 * what else parts fields somewhere. No text is a formula or commands a terminal ({@link CsvText}),
 * and every text is read back as it was.
 */
public final class Csv {
  private static final int MOST_FIELDS = 10_000;

  /**
   * How the numbers of a column are written, for {@link String#format}; six digits behind the point
   * where nothing is said. NaN is an empty field.
   */
  @Target(ElementType.FIELD)
  @Retention(RetentionPolicy.RUNTIME)
  public @interface Format {
    /** Such as %.4f. */
    String value();
  }

  private static final CsvMapper MAPPER =
      CsvMapper.builder()
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_HEADER_COLUMNS)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(
              new SimpleModule()
                  .addSerializer(String.class, new TextWriter())
                  .addSerializer(Double.class, new NumberWriter("%.6f"))
                  .addSerializer(double.class, new NumberWriter("%.6f"))
                  .addDeserializer(String.class, new TextReader()))
          .build();

  private Csv() {}

  /** A table: a header line, then a line each row. */
  public static <R extends Record> String table(Class<R> type, List<R> rows) {
    return table(type, rows, UnaryOperator.identity());
  }

  /**
   * A table.
   *
   * @param names gives the name of a column from that of its component
   */
  public static <R extends Record> String table(
      Class<R> type, List<R> rows, UnaryOperator<String> names) {
    CsvSchema schema = MAPPER.schemaFor(type);
    StringWriter out = new StringWriter();
    List<String> header = schema.getColumnNames().stream().map(names).toList();
    try (SequenceWriter lines =
        MAPPER.writerFor(type).with(schema.withoutHeader()).writeValues(out)) {
      out.write(String.join(",", header) + "\n");
      lines.writeAll(rows);
    } catch (IOException e) {
      throw new IllegalStateException("rows of " + type + " can always be written", e);
    }
    return out.toString();
  }

  /**
   * Writes a table row by row: not all of it is in memory.
   *
   * @param out stays open
   */
  public static <R extends Record> void write(OutputStream out, Class<R> type, Iterator<R> rows)
      throws IOException {
    CsvSchema schema = MAPPER.schemaFor(type);
    Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    text.write(String.join(",", schema.getColumnNames()) + "\n");
    try (SequenceWriter lines =
        MAPPER
            .writerFor(type)
            .with(schema.withoutHeader())
            .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .writeValues(text)) {
      while (rows.hasNext()) {
        lines.write(rows.next());
      }
    }
    text.flush();
  }

  /** Returns the number of a field that was read, NaN of an empty one. */
  public static Double orNaN(Double read) {
    return read == null ? Double.NaN : read;
  }

  /**
   * Gives the rows of a table of known columns one after the other: not all of it is in memory.
   *
   * @param remedy what makes a whole table, such as "train again"
   * @throws JourneyException if it has other columns, or a field is not of its column's type
   */
  public static <R extends Record> void forEach(
      Class<R> type, Path file, String remedy, Consumer<R> each) {
    CsvSchema schema = MAPPER.schemaFor(type);
    try (BufferedReader text = Files.newBufferedReader(file);
        MappingIterator<R> rows =
            MAPPER
                .readerFor(type)
                .with(schema.withHeader().withStrictHeaders(true))
                .readValues(text)) {
      while (rows.hasNextValue()) {
        each.accept(rows.nextValue());
      }
    } catch (IOException | RuntimeJsonMappingException e) {
      throw unlike(schema, file, remedy, e);
    }
  }

  /**
   * Reads a table of known columns.
   *
   * @param where the table, for messages
   * @param remedy what makes a whole table, such as "train again"
   * @throws JourneyException if it has other columns, or a field is not of its column's type
   */
  public static <R extends Record> List<R> read(
      Class<R> type, String text, Object where, String remedy) {
    CsvSchema schema = MAPPER.schemaFor(type);
    try (MappingIterator<R> rows =
        MAPPER.readerFor(type).with(schema.withHeader().withStrictHeaders(true)).readValues(text)) {
      return rows.readAll();
    } catch (IOException | RuntimeJsonMappingException e) {
      throw unlike(schema, where, remedy, e);
    }
  }

  private static JourneyException unlike(
      CsvSchema schema, Object where, String remedy, Exception cause) {
    return new JourneyException(
        where
            + " is no table of "
            + String.join(",", schema.getColumnNames())
            + ": "
            + remedy
            + ".",
        cause);
  }

  /**
   * Gives the lines of any table one after the other; only one of them is in memory.
   *
   * @param where the table, for messages
   * @throws JourneyException if a line has more than 10 000 fields, or a quote does not end
   */
  public static void lines(String text, Object where, Consumer<List<String>> each) {
    try (JsonParser parser =
        MAPPER.reader().with(CsvParser.Feature.WRAP_AS_ARRAY).createParser(text)) {
      List<String> line = new ArrayList<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          if (line.size() == MOST_FIELDS) {
            throw new JourneyException(
                where
                    + " has a line of more than "
                    + MOST_FIELDS
                    + " fields: it is not Journey's.");
          }
          line.add(CsvText.text(parser.getText()));
        } else if (token == JsonToken.END_ARRAY && !line.isEmpty()) {
          each.accept(line);
          line = new ArrayList<>();
        }
      }
    } catch (JsonProcessingException e) {
      throw new JourneyException(
          where
              + " is no table ("
              + e.getOriginalMessage()
              + "): end every text that begins with a quote with one, and double quotes within it.",
          e);
    } catch (IOException e) {
      throw new IllegalStateException("a text can always be read", e);
    }
  }

  /**
   * Gives the rows of a table whose first line names its columns.
   *
   * @param where the table, for messages
   * @param begin is given the names and returns what takes each row; it is not called of an empty
   *     text
   * @throws JourneyException as {@link #lines}, and if a row has more fields than there are
   *     columns, or fewer
   */
  public static void rows(
      String text, Object where, Function<List<String>, Consumer<List<String>>> begin) {
    List<String> header = new ArrayList<>();
    List<Consumer<List<String>>> each = new ArrayList<>();
    lines(
        text,
        where,
        line -> {
          if (each.isEmpty()) {
            header.addAll(line);
            each.add(begin.apply(header));
          } else if (line.size() != header.size()) {
            throw new JourneyException(
                where
                    + " has the line '"
                    + Failures.quoted(String.join(",", line))
                    + "' of "
                    + line.size()
                    + " fields where its first line has "
                    + header.size()
                    + ": put texts with commas in quotes.");
          } else {
            each.get(0).accept(line);
          }
        });
  }

  private static final class TextWriter extends StdScalarSerializer<String> {
    TextWriter() {
      super(String.class);
    }

    /** Semicolons and tabs part fields for some programs; Jackson knows of commas alone. */
    @Override
    public void serialize(String text, JsonGenerator out, SerializerProvider p) throws IOException {
      String field = CsvText.field(text);
      if (field.indexOf(';') >= 0 || field.indexOf('\t') >= 0) {
        out.writeRawValue('"' + field.replace("\"", "\"\"") + '"');
      } else {
        out.writeString(field);
      }
    }
  }

  private static final class TextReader extends StdScalarDeserializer<String> {
    TextReader() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return CsvText.text(in.getText());
    }
  }

  private static final class NumberWriter extends StdScalarSerializer<Double>
      implements ContextualSerializer {
    private final String format;

    NumberWriter(String format) {
      super(Double.class);
      this.format = format;
    }

    @Override
    public JsonSerializer<?> createContextual(SerializerProvider p, BeanProperty column) {
      Format said = column == null ? null : column.getAnnotation(Format.class);
      return said == null ? this : new NumberWriter(said.value());
    }

    @Override
    public void serialize(Double number, JsonGenerator out, SerializerProvider p)
        throws IOException {
      out.writeString(number.isNaN() ? "" : String.format(Locale.ROOT, format, number));
    }
  }
}
