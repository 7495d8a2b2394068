package io.journey.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The captions that stand beside the images of a tar file, by key: {@code key.txt}, or a field of
 * {@code key.json}. They are read when they are asked for.
 */
final class WebDatasetCaptions {
  private static final String JSON = "json";

  private final Optional<String> asked;
  private final Map<String, Map<String, Text>> files = new HashMap<>(); // by key and extension

  /** A file within an archive. */
  private record Text(Content content, String name) {
    byte[] bytes() {
      try {
        return content.read();
      } catch (IOException e) {
        throw new JourneyException("Cannot read " + name + ".", e);
      }
    }
  }

  /**
   * @param asked what {@code caption=} names: an extension, or a field of JSON
   */
  WebDatasetCaptions(Optional<String> asked) {
    this.asked = asked;
  }

  /** Returns whether a file holds captions, by its name. */
  boolean isCaption(String key, String name) {
    String extension = name.substring(Math.min(name.length(), key.length() + 1));
    return FolderCaptions.ENDINGS.contains(extension) || asked.equals(Optional.of(extension));
  }

  /** Notes the file a reader of tar is at; what is too large is refused when it is asked for. */
  void add(String key, String extension, TarReader tar, Path file) throws IOException {
    String name = file + ": " + tar.name();
    Content content =
        tar.size() <= CaptionFiles.MAX_BYTES
            ? tar.content()
            : () -> {
              throw CaptionFiles.tooLarge(name);
            };
    add(key, extension, content, name);
  }

  void add(String key, String extension, Content content, String name) {
    files.computeIfAbsent(key, k -> new HashMap<>(2)).put(extension, new Text(content, name));
  }

  /**
   * Returns the captions of a listing.
   *
   * @param key of an id
   */
  CaptionSource of(UnaryOperator<String> key) {
    return (examples, captions) -> {
      boolean beside =
          asked.isPresent() && files.values().stream().anyMatch(f -> f.containsKey(asked.get()));
      for (int i = 0; i < examples.size(); i++) {
        Map<String, Text> texts = files.get(key.apply(examples.get(i).id()));
        if (texts != null) {
          read(i, texts, beside, captions);
        }
      }
    };
  }

  private void read(int i, Map<String, Text> texts, boolean beside, CaptionCollector captions) {
    List<String> endings = asked.map(List::of).orElse(FolderCaptions.ENDINGS);
    for (String ending : endings) {
      Text text = texts.get(ending);
      if (text != null && !ending.equals(JSON)) {
        captions.addLines(i, FileNames.utf8(text.bytes(), text.name()), text.name());
        return;
      }
    }
    Text json = texts.get(JSON);
    if (json != null && !beside) {
      ObjectNode object = Json.parse(json.bytes(), json.name());
      List<String> fields =
          object.properties().stream()
              .filter(f -> MetadataTable.isTexts(f.getValue(), captions.isAnyColumn()))
              .map(Map.Entry::getKey)
              .toList();
      Optional<String> field =
          asked.isPresent() ? asked : CaptionNames.choose(asked, fields, json.name());
      JsonNode value = field.map(object::path).orElse(object.path(""));
      MetadataTable.texts(value, captions.isAnyColumn())
          .forEach(text -> captions.add(i, text, json.name()));
    }
  }
}
