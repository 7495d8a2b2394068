package io.journey.dataset;

import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The files a set is cut into, {@code data/train-00000-of-00005.parquet} and its like.
 *
 * @param files in code-point order of their paths, at least one
 * @param bySplit whether their names tell the parts of the set apart
 */
record Shards(List<Path> files, boolean bySplit) {
  private static final int DEPTH = 8;

  /**
   * Returns the shards of the parts a spec asks for. Links to files are followed, as caches are
   * made of them, links to folders are not.
   *
   * @param accepts whether a file name is that of a shard
   * @throws JourneyException if there are none
   */
  static Shards find(DatasetSpec spec, Predicate<String> accepts, String expected) {
    if (!Files.isDirectory(spec.path())) {
      return ofFile(spec);
    }
    List<Path> found = new ArrayList<>();
    collect(spec.path(), accepts, DEPTH, found);
    if (found.isEmpty()) {
      throw new JourneyException(spec.path() + " holds no " + expected + " files: check the path.");
    }
    found.sort(Comparator.comparing(p -> relative(spec, p), CodePoints::compare));
    if (spec.splits().none() || found.stream().noneMatch(p -> split(spec, p).isPresent())) {
      return new Shards(found, false);
    }
    return new Shards(spec.splits().of(spec.text(), found, p -> split(spec, p)), true);
  }

  private static Shards ofFile(DatasetSpec spec) {
    List<Path> file = List.of(spec.path());
    Optional<Split> split = Split.ofName(spec.path().getFileName().toString());
    boolean bySplit =
        split.isPresent() && spec.splits().asked().isPresent() && !spec.splits().none();
    return new Shards(bySplit ? spec.splits().of(spec.text(), file, f -> split) : file, bySplit);
  }

  private static Optional<Split> split(DatasetSpec spec, Path file) {
    return Split.ofPath(relative(spec, file));
  }

  private static String relative(DatasetSpec spec, Path file) {
    return FileNames.below(spec.path(), file);
  }

  private static void collect(Path folder, Predicate<String> accepts, int depth, List<Path> found) {
    for (Path child : Datasets.children(folder)) {
      String name = child.getFileName().toString();
      if (name.startsWith(".")) {
        continue;
      }
      if (Files.isRegularFile(child) && accepts.test(name)) {
        found.add(child);
      } else if (depth > 1 && Files.isDirectory(child) && !Files.isSymbolicLink(child)) {
        collect(child, accepts, depth - 1, found);
      }
    }
  }
}
