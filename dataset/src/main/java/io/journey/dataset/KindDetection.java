package io.journey.dataset;

import io.journey.dataset.DatasetFormats.Own;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds out from names what a file or folder holds. */
final class KindDetection {
  /** Greatest depth of folders that shards are found in: {@code data/train/0000.parquet}. */
  private static final int DEPTH = 3;

  private KindDetection() {}

  /**
   * Returns the format of a file or folder.
   *
   * @throws JourneyException if it is a file of another kind
   */
  static Own of(Path path) {
    return Files.isDirectory(path) ? ofFolder(path) : ofFile(path);
  }

  private static Own ofFile(Path file) {
    String name = file.getFileName().toString();
    if (TarArchives.isTar(name)) {
      return CifarFiles.isArchive(file) ? Own.CIFAR : Own.TAR;
    }
    if (ParquetTable.isParquet(name)) {
      return Own.PARQUET;
    }
    if (CifarFiles.isBatch(name)) {
      return Own.CIFAR;
    }
    if (CroissantFolder.isCroissant(file)) {
      return Own.CROISSANT;
    }
    throw new JourneyException(
        file
            + " is a file, expected a folder, a .tar, .tar.gz or .parquet file, a file of CIFAR, or"
            + " Croissant's .json: name the folder it lies in.");
  }

  private static Own ofFolder(Path folder) {
    List<String> names =
        Datasets.children(folder).stream()
            .filter(Files::isRegularFile)
            .map(f -> f.getFileName().toString())
            .toList();
    if (names.stream().anyMatch(IdxFolder::isImages)) {
      return Own.IDX;
    }
    if (CifarFiles.areBatches(names)) {
      return Own.CIFAR;
    }
    if (names.stream().anyMatch(ImageNames::isImage)) {
      return Own.IMAGES;
    }
    if (holds(folder, TarArchives::isTar, DEPTH)) {
      return Own.TAR;
    }
    if (holds(folder, ParquetTable::isParquet, DEPTH)) {
      return Own.PARQUET;
    }
    return CocoFolder.isCoco(folder) ? Own.COCO : Own.IMAGES;
  }

  /** Returns whether shards are found before any image is. */
  private static boolean holds(Path folder, Predicate<String> shard, int depth) {
    List<Path> children = Datasets.children(folder);
    Optional<Boolean> here =
        children.stream()
            .filter(Files::isRegularFile)
            .map(f -> f.getFileName().toString())
            .filter(n -> shard.test(n) || ImageNames.isImage(n))
            .findFirst()
            .map(shard::test);
    if (here.isPresent() || depth == 1) {
      return here.orElse(false);
    }
    return children.stream()
        .filter(f -> Files.isDirectory(f) && !Files.isSymbolicLink(f))
        .filter(f -> !f.getFileName().toString().startsWith("."))
        .anyMatch(f -> holds(f, shard, depth - 1));
  }
}
