package io.journey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The library's sources as they lie in the repository, module by module. */
final class Sources {
  /** In the order in which they are built. */
  static final List<String> MODULES =
      List.of("base", "dataset", "results", "diffusion", "attribution", "evaluation", "report");

  private Sources() {}

  /** Where a module has its packages. */
  static Path of(String module) {
    return Path.of("..", module, "src/main/java/io/journey");
  }

  /** The packages of a module, the last part of their names. */
  static List<String> packages(String module) throws IOException {
    try (Stream<Path> folders = Files.list(of(module))) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /** The packages of all modules. */
  static List<String> packages() throws IOException {
    TreeSet<String> all = new TreeSet<>();
    for (String module : MODULES) {
      all.addAll(packages(module));
    }
    return List.copyOf(all);
  }
}
