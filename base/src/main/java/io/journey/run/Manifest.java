package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The record of a finished stage: kind, settings, inputs, and a checksum of every file. */
public final class Manifest implements Serializable {
  /** The file that marks a directory as finished. */
  public static final String FILE = "manifest.json";

  /** The field of the device that numbers were computed on; missing where it was the processor. */
  static final String DEVICE = "device";

  /** The field that tells of the data beside their fingerprint. */
  static final String DATA = "data";

  /** The field of the fingerprints of parts. */
  static final String PARTS = "parts";

  /** The field of the digest over all others. */
  static final String DIGEST = "sha256";

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final Path directory;
  private final ObjectNode content;
  private final Path file;

  private Manifest(Path directory, ObjectNode content, Path file) {
    this.directory = directory;
    this.content = content;
    this.file = file;
  }

  /** Reads the manifest of a finished stage of this kind, in its first format. */
  public static Manifest read(Path directory, String kind) {
    return read(directory, kind, 1);
  }

  /** Reads the manifest of a finished stage of this kind and format. */
  public static Manifest read(Path directory, String kind, int format) {
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
    requireFormat(directory, manifest.content, format);
    return manifest;
  }

  /** Refuses what another version of Journey wrote in another format. */
  static void requireFormat(Path directory, ObjectNode header, int format) {
    if (header.path("format").asInt() != format) {
      throw new JourneyException(
          directory
              + " holds "
              + header.path("kind").asText()
              + " of format "
              + header.path("format")
              + ", this version of Journey reads format "
              + format
              + ": make it again in a new directory.");
    }
  }

  /**
   * Reads the manifest of a finished stage.
   *
   * @throws JourneyException if there is none, or anything in it is not as it was written
   */
  public static Manifest read(Path directory) {
    if (Files.isRegularFile(directory)) {
      String found = FileKind.of(directory);
      throw new JourneyException(
          directory
              + " is "
              + (found == null ? "a file" : found)
              + ", expected a directory that a stage has written: name that.");
    }
    if (!Files.isDirectory(directory)) {
      throw new JourneyException("There is no directory " + directory + ": check the path.");
    }
    if (!Confined.exists(directory, FILE)) {
      throw new JourneyException(
          directory
              + " has no manifest.json: "
              + (RunStatus.isRunDirectory(directory)
                  ? "the stage that writes it is not finished; start it again to continue."
                  : "no stage has been finished there; name a directory that one has written."));
    }
    Path file = Confined.file(directory, FILE);
    ObjectNode content = Json.read(file);
    for (String field : new String[] {"settings", "inputs", "files"}) {
      if (!content.path(field).isObject()) {
        throw new JourneyException(file + " has no object \"" + field + "\": it is not Journey's.");
      }
    }
    if (!content.path("kind").isTextual()) {
      throw new JourneyException(file + " names no kind of stage: it is not Journey's.");
    }
    requireUnchanged(content, file);
    for (Map.Entry<String, JsonNode> entry : content.get("files").properties()) {
      requireFile(directory, entry.getKey(), entry.getValue(), file);
    }
    return new Manifest(directory, content, file);
  }

  private static void requireUnchanged(ObjectNode content, Path file) {
    if (!content.has(DIGEST)) {
      throw new JourneyException(
          file
              + " has no "
              + DIGEST
              + " of itself, as an earlier version of Journey wrote it: what it says cannot be"
              + " checked, make the directory again.");
    }
    String noted = content.path(DIGEST).asText();
    String found = digest(content);
    if (!found.equals(noted)) {
      throw new JourneyException(
          file
              + " is not as it was written: its SHA-256 is "
              + abbreviated(found)
              + ", it says "
              + abbreviated(Failures.quoted(noted))
              + "; make the directory again.");
    }
  }

  private static void requireFile(Path directory, String name, JsonNode entry, Path file) {
    Confined.requireName(directory, name, file);
    if (!JsonType.INTEGER.accepts(entry.path("bytes"))
        || !entry.path(DIGEST).isTextual()
        || !SHA256.matcher(entry.path(DIGEST).textValue()).matches()) {
      throw new JourneyException(
          file
              + " lists "
              + Failures.quoted(name)
              + " without its bytes and sha256: it is not Journey's.");
    }
  }

  /** The SHA-256 of a manifest without the field of it, in hexadecimal. */
  static String digest(ObjectNode manifest) {
    ObjectNode hashed = manifest.deepCopy();
    hashed.remove(DIGEST);
    return Checksums.of(Json.bytes(hashed));
  }

  /** Returns the kind of the stage's result. */
  public String kind() {
    return content.get("kind").asText();
  }

  /** The resolved settings. */
  public ObjectNode settings() {
    return (ObjectNode) content.get("settings");
  }

  /**
   * Reads the resolved settings.
   *
   * @throws JourneyException if they are not those of such a stage
   */
  public <T extends Record> T settings(Class<T> type) {
    return SettingsJson.read(settings(), type, file + ", settings");
  }

  /** The resolved settings, to be read one by one. */
  public JsonFields settingFields() {
    return new JsonFields(settings(), file + ", settings");
  }

  /** Fingerprints of what the stage read, to be read one by one. */
  public JsonFields inputFields() {
    return new JsonFields(inputs(), file + ", inputs");
  }

  /** Fingerprints of what the stage read. */
  public ObjectNode inputs() {
    return (ObjectNode) content.get("inputs");
  }

  /** Returns the device that numbers were computed on and its libraries; null: the processor. */
  public String device() {
    return content.path(DEVICE).asText(null);
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
    header.remove(PARTS);
    header.remove(DIGEST);
    return header;
  }

  /** One hash over settings, inputs and all files: equal exactly for equal results. */
  public String fingerprint() {
    ObjectNode hashed = content.deepCopy();
    hashed.remove(DATA);
    return digest(hashed);
  }

  /**
   * Reads the manifest of a part, which a stage left in a folder of the directory.
   *
   * @throws JourneyException if there is none, or it is not the one that this stage used
   */
  public Manifest part(String folder, String kind, int format) {
    return requirePart(folder, place -> read(place, kind, format));
  }

  /**
   * Reads the manifests of all parts, and of theirs.
   *
   * @throws JourneyException if one is missing, or is not the one that this stage used
   */
  public List<Manifest> parts() {
    List<Manifest> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : content.path(PARTS).properties()) {
      Confined.requireName(directory, entry.getKey(), file);
      Manifest part = requirePart(entry.getKey(), Manifest::read);
      parts.add(part);
      parts.addAll(part.parts());
    }
    return parts;
  }

  /** Returns whether the stage has a part in a folder of this name. */
  public boolean hasPart(String folder) {
    return content.path(PARTS).has(folder);
  }

  private Manifest requirePart(String folder, Function<Path, Manifest> reader) {
    Path place = Confined.path(directory, folder);
    if (!Files.isDirectory(place)) {
      throw new JourneyException(
          directory + " lacks its part " + folder + ": put it back, or make the directory again.");
    }
    Manifest part = reader.apply(place);
    if (!part.fingerprint().equals(content.path(PARTS).path(folder).asText())) {
      throw new JourneyException(
          part.directory()
              + " is not the one that "
              + directory
              + " was made with: make both again in a new directory.");
    }
    return part;
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

  /** Size and SHA-256 of a file of the result. */
  Journal.Entry entry(String name) {
    return new Journal.Entry(bytes(name), content.get("files").get(name).get(DIGEST).textValue());
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
   * @throws JourneyException if it is missing, damaged or a link
   */
  public Path verified(String name) {
    JsonNode entry = content.get("files").get(name);
    if (entry == null) {
      throw new JourneyException(
          "The manifest of " + directory + " lists no " + name + ": make the directory again.");
    }
    Path listed = Confined.file(directory, name);
    String found = Checksums.of(listed);
    String expected = entry.get(DIGEST).textValue();
    if (!found.equals(expected)) {
      throw new JourneyException(
          listed
              + " is damaged: its SHA-256 is "
              + abbreviated(found)
              + ", the manifest says "
              + abbreviated(expected)
              + "; make the directory again.");
    }
    return listed;
  }

  private static String abbreviated(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) + "…" : hash;
  }

  /** Another process reads the file itself. */
  private Object writeReplace() {
    return new Place(directory.toAbsolutePath().toString());
  }

  private record Place(String directory) implements Serializable {
    private Object readResolve() {
      return read(Path.of(directory));
    }
  }
}
