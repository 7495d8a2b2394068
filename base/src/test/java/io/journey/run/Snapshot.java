package io.journey.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All bytes below a folder, so that two moments or two folders can be compared. */
public final class Snapshot {
  private Snapshot() {}

  /** Name to SHA-256 of every file but the locks; folders that hold none do not count. */
  public static Map<String, String> of(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(".lock")) {
          files.put(root.relativize(file).toString(), Checksums.of(file));
        }
      }
    }
    return files;
  }

  /** Copies a folder with all it holds. */
  public static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  /** The same without what the clock decides. */
  public static Map<String, String> withoutTimes(Path root) throws IOException {
    Map<String, String> files = of(root);
    files.keySet().removeIf(name -> Path.of(name).endsWith("timing.json"));
    return files;
  }
}
