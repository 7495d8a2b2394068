package io.journey.dataset;

import io.journey.run.JourneyException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Names of files as UTF-8 text. Java reads names in the encoding of the environment, in which
 * different names may become one; here they are taken from the bytes that the system has.
 */
final class FileNames {
  private FileNames() {}

  /** Returns the last name of a path; empty if it is not UTF-8. */
  static Optional<String> of(Path path) {
    String text = path.getFileName().toString();
    if (isAscii(text)) {
      return Optional.of(text);
    }
    return decoded(bytes(path));
  }

  /** Returns the last name of a path; bytes that are not ASCII as \xff where it is not UTF-8. */
  static String shown(Path path) {
    return of(path)
        .orElseGet(
            () -> {
              StringBuilder shown = new StringBuilder();
              for (byte b : bytes(path)) {
                shown.append(b < 0 ? String.format("\\x%02x", b & 0xFF) : (char) b);
              }
              return shown.toString();
            });
  }

  /** Returns the path below a folder, with "/"; what is not UTF-8 is shown as by {@link #shown}. */
  static String below(Path folder, Path file) {
    StringBuilder names = new StringBuilder();
    for (Path at = file; at != null && !at.equals(folder); at = at.getParent()) {
      names.insert(0, shown(at) + (names.isEmpty() ? "" : "/"));
    }
    return names.toString();
  }

  /**
   * Text of a file.
   *
   * @param where what it is, for the message
   * @throws JourneyException if it is not UTF-8: different texts must not become one
   */
  static String utf8(byte[] bytes, String where) {
    return decoded(bytes)
        .orElseThrow(() -> new JourneyException(where + " is not UTF-8: write it again as UTF-8."));
  }

  private static Optional<String> decoded(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** A file's address has the bytes of its name, percent-encoded, whatever the environment is. */
  private static byte[] bytes(Path path) {
    String address = path.toAbsolutePath().toUri().getRawPath();
    int end = address.endsWith("/") ? address.length() - 1 : address.length();
    String name = address.substring(address.lastIndexOf('/', end - 1) + 1, end);
    ByteBuffer bytes = ByteBuffer.allocate(name.length());
    for (int i = 0; i < name.length(); i++) {
      boolean escaped = name.charAt(i) == '%';
      bytes.put(
          (byte) (escaped ? Integer.parseInt(name.substring(i + 1, i + 3), 16) : name.charAt(i)));
      i += escaped ? 2 : 0;
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
