package io.journey.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Checksums;
import io.journey.run.Confined;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a file of Croissant 1.0 or 1.1 says of files that lie below its folder. Nothing is fetched,
 * and nothing leads out of the folder. SHA-256 sums that it gives are checked.
 */
final class CroissantFile {
  static final String NAME = "croissant.json";
  private static final int DEPTH = 16;

  private final Path file;
  private final Path folder;
  private final ObjectNode json;
  private final Map<String, JsonNode> distribution = new LinkedHashMap<>();
  private final Map<String, Path> files = new TreeMap<>(CodePoints::compare); // below the folder

  private CroissantFile(Path file) {
    this.file = file;
    this.folder = file.toAbsolutePath().getParent();
    this.json = Json.read(file);
    json.path("distribution").forEach(part -> distribution.put(part.path("@id").asText(), part));
    if (distribution.isEmpty() || json.path("recordSet").isEmpty()) {
      throw new JourneyException(
          file + " has no distribution and recordSet: it is not Croissant 1.0 or 1.1.");
    }
    collect(folder, "", DEPTH);
  }

  /** Opens a file, or the one in a folder. */
  static CroissantFile open(Path path) {
    return new CroissantFile(Files.isDirectory(path) ? path.resolve(NAME) : path);
  }

  private void collect(Path below, String prefix, int depth) {
    for (Path child : Datasets.children(below)) {
      String name = FileNames.shown(child);
      if (name.startsWith(".") || Files.isSymbolicLink(child)) {
        continue;
      }
      if (Files.isRegularFile(child)) {
        files.put(prefix + name, child);
      } else if (depth > 1 && Files.isDirectory(child)) {
        collect(child, prefix + name + "/", depth - 1);
      }
    }
  }

  Path path() {
    return file;
  }

  /** Returns what the file says of the whole set, "" where it says nothing: license, creator. */
  String ofTheSet(String property) {
    JsonNode value = json.path(property);
    JsonNode one = value.isArray() ? value.path(0) : value;
    return one.isObject() ? one.path("name").asText() : one.asText();
  }

  /** Returns the fields of the only set of records that has images, by name. */
  Map<String, JsonNode> fields() {
    Map<String, Map<String, JsonNode>> found = new LinkedHashMap<>();
    for (JsonNode records : json.path("recordSet")) {
      Map<String, JsonNode> fields = new LinkedHashMap<>();
      for (JsonNode field : records.path("field")) {
        String id = field.path("@id").asText();
        fields.put(field.path("name").asText(id.substring(id.lastIndexOf('/') + 1)), field);
      }
      if (fields.values().stream().anyMatch(CroissantFile::isImage)) {
        found.put(records.path("@id").asText(), fields);
      }
    }
    if (found.size() != 1) {
      throw new JourneyException(
          file
              + (found.isEmpty()
                  ? " describes no records with images: a field of type sc:ImageObject is expected."
                  : " describes several sets of records with images, "
                      + Failures.quoted(String.join(", ", found.keySet()))
                      + ": keep one of them."));
    }
    return found.values().iterator().next();
  }

  /** Returns the name of the field that identifies records of the set with images. */
  Optional<String> key() {
    for (JsonNode records : json.path("recordSet")) {
      String key = reference(records.path("key"));
      for (JsonNode field : records.path("field")) {
        if (!key.isEmpty() && field.path("@id").asText().equals(key)) {
          return Optional.of(field.path("name").asText());
        }
      }
    }
    return Optional.empty();
  }

  static boolean isImage(JsonNode field) {
    return hasType(field, "ImageObject");
  }

  /** Returns whether a field is of a type, with whatever prefix or address before its name. */
  static boolean hasType(JsonNode field, String type) {
    JsonNode types = field.path("dataType");
    boolean found = types.asText().endsWith(type);
    for (JsonNode one : types) {
      found |= one.asText().endsWith(type);
    }
    return found;
  }

  private static String reference(JsonNode node) {
    return node.isTextual() ? node.textValue() : node.path("@id").asText();
  }

  /** Returns what a source or reference names, "" where it names none of the kind. */
  static String named(JsonNode source, String kind) {
    return reference(source.path(kind));
  }

  /**
   * Returns a file that is named alone, its SHA-256 checked.
   *
   * @throws JourneyException if it is not there or has another sum
   */
  Path fileObject(String id) {
    JsonNode object = part(id);
    String url = object.path("contentUrl").asText();
    String name = url.matches("[A-Za-z][A-Za-z0-9+.-]+:.*") ? lastPart(url) : url;
    Path found;
    try {
      found = Confined.file(folder, CaptionFiles.confined(name, file));
    } catch (JourneyException e) {
      throw new JourneyException(
          file
              + " names the file "
              + Failures.quoted(url)
              + ", which is not there: put it below the folder; nothing is fetched.",
          e);
    }
    requireSum(found, object.path("sha256").asText());
    return found;
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Refuses a file with another SHA-256; what is no sum is passed over. */
  void requireSum(Path of, String sha256) {
    if (sha256.matches("[0-9a-fA-F]{64}")
        && !Checksums.of(of).equals(sha256.toLowerCase(Locale.ROOT))) {
      throw new JourneyException(
          of
              + " has another SHA-256 than "
              + file.getFileName()
              + " says: it has changed, copy it again from its source.");
    }
  }

  private JsonNode part(String id) {
    if (!distribution.containsKey(id)) {
      throw new JourneyException(
          file + " has no " + Failures.quoted(id) + " in its distribution: it is damaged.");
    }
    return distribution.get(id);
  }

  /**
   * Returns the files of a set, by their paths below what it is contained in.
   *
   * @throws JourneyException if there are none, or they lie in an archive
   */
  Map<String, Path> fileSet(String id) {
    JsonNode set = part(id);
    String prefix = containedIn(set.path("containedIn"));
    List<PathPattern> includes = patterns(set.path("includes"));
    List<PathPattern> excludes = patterns(set.path("excludes"));
    Map<String, Path> found = new LinkedHashMap<>();
    files.forEach(
        (name, path) -> {
          String below = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
          if (!below.isEmpty()
              && includes.stream().anyMatch(pattern -> pattern.matches(below))
              && excludes.stream().noneMatch(pattern -> pattern.matches(below))) {
            found.put(below, path);
          }
        });
    if (found.isEmpty()) {
      throw new JourneyException(
          "Below "
              + folder
              + " there is no file of the set "
              + Failures.quoted(id)
              + " of "
              + file.getFileName()
              + ": put its files there; nothing is fetched.");
    }
    return found;
  }

  /** Returns the folder of a set that lies in another part, with "/", "" for the file's own. */
  private String containedIn(JsonNode container) {
    JsonNode one = container.isArray() ? container.path(0) : container;
    String id = reference(one);
    String url = id.isEmpty() ? "" : part(id).path("contentUrl").asText();
    if (url.matches("(?i).*\\.(zip|tar|tgz|gz|7z)([?#].*)?")) {
      throw new JourneyException(
          file
              + " has its images in the archive "
              + Failures.quoted(url)
              + ", which is not unpacked: unpack it, and take containedIn out.");
    }
    boolean elsewhere = url.isEmpty() || url.contains(":");
    String prefix = elsewhere ? "" : CaptionFiles.confined(url, file);
    return prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
  }

  private static List<PathPattern> patterns(JsonNode globs) {
    List<PathPattern> patterns = new ArrayList<>();
    if (globs.isTextual()) {
      patterns.add(new PathPattern(globs.textValue()));
    }
    globs.forEach(glob -> patterns.add(new PathPattern(glob.asText())));
    return patterns;
  }
}
