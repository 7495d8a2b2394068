package io.journey.dataset;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/**
 * A file of annotations as MS COCO has them, read front to back: an object of lists of objects. It
 * is never in memory as a whole.
 */
final class CocoAnnotations {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(100)
                  .maxStringLength(CaptionFiles.MAX_BYTES)
                  .maxNumberLength(100)
                  .build())
          .build();

  private final SourceFile source;

  CocoAnnotations(SourceFile source) {
    this.source = source;
  }

  /**
   * Hands over two fields of every object of a list, as text.
   *
   * @param list its name, such as "annotations"
   * @param key the field that is first, a whole number or text
   * @param value the field that is second, text
   * @throws JourneyException if there is no such list, or an object without these fields
   */
  void forEach(String list, String key, String value, BiConsumer<String, String> each) {
    forEach(list, key, value, true, each);
  }

  /**
   * Hands over the same of objects that have both; the second may be a whole number, too.
   *
   * @throws JourneyException if there is no such list
   */
  void forEachWith(String list, String key, String value, BiConsumer<String, String> each) {
    forEach(list, key, value, false, each);
  }

  private void forEach(
      String list, String key, String value, boolean all, BiConsumer<String, String> each) {
    JsonParser json = null;
    try (ByteStream in = source.stream(0, source.size());
        JsonParser parser = JSON.createParser(in)) {
      json = parser;
      require(parser.nextToken() == JsonToken.START_OBJECT, "is no object with lists");
      boolean found = false;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(list);
        JsonToken token = parser.nextToken();
        if (wanted) {
          require(token == JsonToken.START_ARRAY && !found, "has " + list + " that is no one list");
          found = true;
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            readObject(parser, list, key, value, all, each);
          }
          require(
              parser.currentToken() == JsonToken.END_ARRAY,
              "has " + list + " that hold no objects");
        } else {
          parser.skipChildren();
        }
      }
      require(found, "has no list " + list);
      require(parser.nextToken() == null, "goes on behind its end");
    } catch (IOException e) {
      String place =
          json != null && e instanceof JacksonException
              ? " (byte " + Math.max(0, json.currentLocation().getByteOffset()) + ")"
              : "";
      throw CaptionFiles.damaged(source.path(), "JSON with captions", place, e);
    }
  }

  private void readObject(
      JsonParser parser,
      String list,
      String key,
      String value,
      boolean all,
      BiConsumer<String, String> each)
      throws IOException {
    String first = null;
    String second = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals(key)
          && (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING)) {
        first = parser.getText();
      } else if (name.equals(value)
          && (token == JsonToken.VALUE_STRING || (!all && token == JsonToken.VALUE_NUMBER_INT))) {
        second = parser.getText();
      } else {
        parser.skipChildren();
      }
    }
    boolean both = first != null && second != null;
    require(both || !all, "has one of its " + list + " without " + (first == null ? key : value));
    if (both) {
      each.accept(first, second);
    }
  }

  private void require(boolean good, String what) {
    if (!good) {
      Path file = source.path();
      throw new JourneyException(
          file
              + " "
              + what
              + ", expected the captions of MS COCO: it may be damaged or another file.");
    }
  }
}
