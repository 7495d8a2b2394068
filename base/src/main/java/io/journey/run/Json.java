package io.journey.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** JSON as Journey writes it: indented, in the order given, the same bytes on every machine. */
public final class Json {
  /** A manifest or configuration larger than this is refused unread. */
  private static final long MAX_BYTES = 64L << 20;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private Json() {}

  /** Returns an empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Returns a record, list or map as a tree. */
  public static <T extends JsonNode> T tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** Returns the tree as a record; a field that is unknown, missing or out of range is an error. */
  public static <T> T bind(JsonNode node, Class<T> type, String where) {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      String reason =
          cause instanceof JsonProcessingException p ? p.getOriginalMessage() : cause.getMessage();
      throw new JourneyException(where + " does not hold usable settings: " + reason + ".", e);
    }
  }

  /**
   * Returns the first field in which what is found differs from what is asked for, such as
   * "norm_eps 1e-6, this run asks for 1e-5", or null where there is none.
   */
  public static String difference(JsonNode found, JsonNode asked) {
    return SettingsDifference.first(found, asked);
  }

  /** UTF-8 text of a tree, indented by two spaces, lines ending in \n. */
  public static byte[] bytes(JsonNode node) {
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(indent);
    try {
      return (MAPPER.writer(printer).writeValueAsString(node) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  /** Parses text that must be one JSON object. */
  public static ObjectNode parse(byte[] text, String where) {
    return parse(text, where, MAPPER.reader());
  }

  /**
   * Parses a line that must be one JSON object.
   *
   * @param where the file and the number of the line, for messages
   */
  public static ObjectNode parseLine(byte[] text, String where) {
    return parse(text, where, MAPPER.reader(), e -> "", "mend that line");
  }

  private static ObjectNode parse(byte[] text, String where, ObjectReader reader) {
    return parse(
        text, where, reader, Json::place, "it may be damaged, get it from its source again");
  }

  private static ObjectNode parse(
      byte[] text,
      String where,
      ObjectReader reader,
      Function<IOException, String> place,
      String remedy) {
    try {
      if (reader.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw new JourneyException(where + " is JSON but not an object: " + remedy + ".");
    } catch (IOException e) {
      throw new JourneyException(
          where + " is not valid JSON" + place.apply(e) + ": " + remedy + ".", e);
    }
  }

  private static String place(IOException e) {
    return e instanceof JsonProcessingException p && p.getLocation() != null
        ? " (line " + p.getLocation().getLineNr() + ")"
        : "";
  }

  /** Reads a file that must be one JSON object. */
  public static ObjectNode read(Path file) {
    return read(file, MAPPER.reader());
  }

  /** Returns the same as Python writes it, whose numbers may be NaN or Infinity. */
  public static ObjectNode readPython(Path file) {
    return read(file, MAPPER.reader().with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS));
  }

  private static ObjectNode read(Path file, ObjectReader reader) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new JourneyException(
            file
                + " has "
                + Counted.of(size, "bytes")
                + ", more than any JSON file of Journey's: name another file.");
      }
      return parse(Files.readAllBytes(file), file.toString(), reader);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }
}
