package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a finished stage says of itself: kind, settings, inputs, and a checksum of every file. */
public final class Manifest {
  /** The file that marks a directory as finished. */
  public static final String FILE = "manifest.json";

  /** What is told of the data beside their fingerprint. */
  static final String DATA = "data";

  private final Path directory;
  private final ObjectNode content;

  private Manifest(Path directory, ObjectNode content) {
    this.directory = directory;
    this.content = content;
  }

  /** Reads the manifest of a finished stage of this kind. */
  public static Manifest read(Path directory, String kind) {
    Manifest manifest = read(directory);
    if (!manifest.kind().equals(kind)) {
      throw new JourneyException(
          directory
              + " holds "
              + manifest.kind()
              + ", expected "
              + kind
              + ": name a directory of that kind.");
    }
    return manifest;
  }

  /** Reads the manifest of a finished stage. */
  public static Manifest read(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.isDirectory(directory)) {
      throw new JourneyException("There is no directory " + directory + ": check the path.");
    }
    if (!Files.exists(file)) {
      throw new JourneyException(
          directory
              + " has no manifest.json: "
              + (RunStatus.isRunDirectory(directory)
                  ? "the stage that writes it is not finished; start it again to continue."
                  : "no stage has been finished there; name a directory that one has written."));
    }
    ObjectNode content = Json.read(file);
    for (String field : new String[] {"settings", "inputs", "files"}) {
      if (!content.path(field).isObject()) {
        throw new JourneyException(file + " has no object \"" + field + "\": it is not Journey's.");
      }
    }
    if (!content.path("kind").isTextual()) {
      throw new JourneyException(file + " names no kind of stage: it is not Journey's.");
    }
    return new Manifest(directory, content);
  }

  /** What the stage made. */
  public String kind() {
    return content.get("kind").asText();
  }

  /** The resolved settings. */
  public ObjectNode settings() {
    return (ObjectNode) content.get("settings");
  }

  /** A setting that is a list of integers, empty where there is none. */
  public int[] integers(String setting) {
    JsonNode list = settings().path(setting);
    int[] out = new int[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = list.get(i).asInt();
    }
    return out;
  }

  /** Fingerprints of what the stage read. */
  public ObjectNode inputs() {
    return (ObjectNode) content.get("inputs");
  }

  /** How the data were treated, empty where nothing is told. */
  public ObjectNode data() {
    return content.path(DATA) instanceof ObjectNode data ? data : Json.object();
  }

  /** Kind, settings and inputs without the files. */
  ObjectNode header() {
    ObjectNode header = content.deepCopy();
    header.remove("files");
    header.remove(DATA);
    return header;
  }

  /** One hash over settings, inputs and all files: equal exactly for equal results. */
  public String fingerprint() {
    ObjectNode hashed = content.deepCopy();
    hashed.remove(DATA);
    return HexFormat.of().formatHex(Checksums.sha256().digest(Json.bytes(hashed)));
  }

  /** Where the result is. */
  public Path directory() {
    return directory;
  }

  /** The names of the files the stage wrote, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    content.get("files").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Name, size and SHA-256 of a file of the result, as a journal notes them. */
  ObjectNode entry(String name) {
    JsonNode file = content.get("files").path(name);
    return Json.object()
        .put("file", name)
        .put("bytes", file.path("bytes").asLong())
        .put("sha256", file.path("sha256").asText());
  }

  /** The size of a file of the result as it was written. */
  public long bytes(String name) {
    return content.get("files").path(name).path("bytes").asLong();
  }

  /** Whether the stage wrote a file of this name. */
  public boolean lists(String name) {
    return content.get("files").has(name);
  }

  /**
   * The path of a file of the result, its content compared with its checksum.
   *
   * @throws JourneyException if it is missing or damaged
   */
  public Path verified(String name) {
    JsonNode entry = content.get("files").get(name);
    Path file = directory.resolve(name);
    if (entry == null) {
      throw new JourneyException(
          "The manifest of " + directory + " lists no " + name + ": make the directory again.");
    }
    String found = Checksums.of(file);
    String expected = entry.path("sha256").asText();
    if (!found.equals(expected)) {
      throw new JourneyException(
          file
              + " is damaged: its SHA-256 is "
              + abbreviated(found)
              + ", the manifest says "
              + abbreviated(expected)
              + "; make the directory again.");
    }
    return file;
  }

  private static String abbreviated(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) + "…" : hash;
  }
}
