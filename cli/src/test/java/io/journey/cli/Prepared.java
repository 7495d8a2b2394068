package io.journey.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Checksums;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Run directories as somebody prepares them who knows the format: all checksums are right. */
final class Prepared {
  private static final String DIGEST = "sha256";

  private Prepared() {}

  /** Changes a manifest and its digest. */
  static void manifest(Path directory, Consumer<ObjectNode> change) throws IOException {
    Path file = directory.resolve("manifest.json");
    ObjectNode content = Json.read(file);
    change.accept(content);
    Files.write(file, Json.bytes(signed(content)));
  }

  /** A manifest with the digest that belongs to it. */
  static ObjectNode signed(ObjectNode manifest) {
    manifest.remove(DIGEST);
    return manifest.put(DIGEST, sha256(Json.bytes(manifest)));
  }

  /** Puts another file in the place of one, or adds one. */
  static void file(Path directory, String name, byte[] content) throws IOException {
    Files.write(directory.resolve(name), content);
    manifest(
        directory,
        manifest -> {
          ObjectNode entry = Json.object().put("bytes", content.length);
          ((ObjectNode) manifest.get("files")).set(name, entry.put(DIGEST, sha256(content)));
        });
  }

  /** A file of trajectories with the digest that belongs to what it holds. */
  static byte[] sealed(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Matcher digest = Pattern.compile("\"sha256\":\"([0-9a-f]{64})\"").matcher(text);
    if (!digest.find()) {
      throw new IllegalArgumentException("the file has no digest");
    }
    String zeroed = text.replace(digest.group(1), "0".repeat(64));
    String found = sha256(zeroed.getBytes(StandardCharsets.ISO_8859_1));
    return text.replace(digest.group(1), found).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Checksums.sha256().digest(bytes));
  }
}
