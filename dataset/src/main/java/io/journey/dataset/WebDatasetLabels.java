package io.journey.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The classes that stand beside the images of a WebDataset, by key. */
final class WebDatasetLabels {
  private static final int MAX_BYTES = 1 << 20;

  private final Map<String, String> values = new HashMap<>();

  /**
   * Reads a file of one example; JSON without a class is passed over.
   *
   * @return the file, to be read again
   */
  Content read(String key, String extension, TarReader tar, Path file) throws IOException {
    if (tar.size() > MAX_BYTES) {
      throw new JourneyException(
          file + " holds " + tar.name() + " of more than a megabyte, too much for a label.");
    }
    Content content = tar.content();
    byte[] text = content.read();
    String value =
        extension.equals("cls")
            ? FileNames.utf8(text, file + ": " + tar.name()).strip()
            : fromJson(text, file + ": " + tar.name());
    if (value != null && !value.isEmpty()) {
      values.put(key, value);
    }
    return content;
  }

  private static String fromJson(byte[] text, String where) {
    JsonNode object = Json.parse(text, where);
    for (String name : new String[] {"label", "cls"}) {
      JsonNode value = object.path(name);
      if (value.isTextual() || value.isIntegralNumber()) {
        return value.asText().strip();
      }
    }
    return null;
  }

  /** Returns the class of a key as it is written, or null. */
  String labelOf(String key) {
    return values.get(key);
  }

  /** Returns the same examples with these classes. */
  Listing label(Listing listing, UnaryOperator<String> key) {
    List<String> written =
        listing.examples().stream().map(e -> values.get(key.apply(e.id()))).toList();
    ClassNames names = ClassNames.of(written, listing.examples().get(0).id());
    List<StoredExample> examples = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      StoredExample example = listing.examples().get(i);
      examples.add(
          new StoredExample(example.id(), names.condition(written.get(i)), example.image()));
    }
    return new Listing(names.names(), examples);
  }
}
