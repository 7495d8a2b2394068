package io.journey.model;

import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of files for other programs, in which a manifest would be a stranger. What an
 * interrupted export has left is told by its bytes: files that are whole are kept, and nothing else
 * may be there.
 */
public final class ExportedFolder {
  private ExportedFolder() {}

  /**
   * Writes what is missing.
   *
   * @param files all that the folder shall hold, in the order of writing
   * @throws JourneyException if the folder holds anything else
   */
  public static void write(Path folder, Map<String, AtomicFile.Content> files) {
    if (Files.exists(folder)) {
      refuseOthers(folder, files);
    }
    files.forEach(
        (name, content) -> {
          if (!Files.exists(folder.resolve(name))) {
            AtomicFile.write(folder.resolve(name), content);
          }
        });
  }

  private static void refuseOthers(Path folder, Map<String, AtomicFile.Content> files) {
    try {
      for (Path file : filesIn(folder)) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        AtomicFile.Content content = files.get(name);
        boolean left =
            name.endsWith(AtomicFile.TEMPORARY)
                && files.containsKey(
                    name.substring(0, name.length() - AtomicFile.TEMPORARY.length()));
        boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        if (!regular || !(left || content != null && holds(file, content))) {
          throw new JourneyException(
              folder
                  + " is not an empty directory, "
                  + name
                  + " is not of this export: name another directory for the checkpoint.");
        }
      }
    } catch (IOException e) {
      throw new JourneyException("Cannot look into " + folder + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new JourneyException(
          folder + " is not an empty directory: name another directory for the checkpoint.");
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean holds(Path file, AtomicFile.Content content) throws IOException {
    MessageDigest digest = Checksums.sha256();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      content.writeTo(out);
    }
    return HexFormat.of().formatHex(digest.digest()).equals(Checksums.of(file));
  }
}
