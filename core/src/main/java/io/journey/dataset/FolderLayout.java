package io.journey.dataset;

import io.journey.run.JourneyException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Images with paths, in a folder or an archive: the first folder of the path is the class. If all
 * first folders are named like parts of a set ({@code train}, {@code test}) and have class folders
 * in them, the second one is.
 */
final class FolderLayout {
  private static final Set<String> IMAGES = Set.of("png", "jpg", "jpeg", "webp", "bmp", "gif");

  private final DatasetSpec spec;

  /** An image; its id is its path, with "/". */
  record Found(String id, StoredImage image) {}

  FolderLayout(DatasetSpec spec) {
    this.spec = spec;
  }

  /** Whether a file name is that of an image that can be read. */
  static boolean isImage(String name) {
    return IMAGES.contains(extension(name));
  }

  /** What follows the last dot, in lower case. */
  static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * The examples in order of their ids.
   *
   * @param bySplit whether parts of the set are already told apart
   * @param byClass whether folders are classes; if not, all labels are -1
   * @throws JourneyException if class folders and single images are mixed
   */
  Listing list(List<Found> found, boolean bySplit, boolean byClass) {
    List<Found> images = ofSplit(found, bySplit);
    int depth = !bySplit && isSplit(found) ? 1 : 0;
    Map<String, String> folders = new HashMap<>(); // to the id of an image in it
    images.forEach(f -> folders.putIfAbsent(byClass ? folder(f.id(), depth) : "", f.id()));
    List<String> names = folders.keySet().stream().sorted(CodePoints::compare).toList();
    if (names.size() > 1 && names.get(0).isEmpty()) {
      throw new JourneyException(
          spec.path()
              + " holds both images ("
              + folders.get("")
              + ") and class folders ("
              + names.get(1)
              + "): move the images into a class folder.");
    }
    Map<String, Integer> labels = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      labels.put(names.get(i), names.get(i).isEmpty() ? -1 : i);
    }
    return new Listing(
        names.get(0).isEmpty() ? List.of() : names,
        images.stream()
            .sorted(Comparator.comparing(Found::id, CodePoints::compare))
            .map(
                f -> new Example(f.id(), labels.getOrDefault(folder(f.id(), depth), -1), f.image()))
            .toList());
  }

  private List<Found> ofSplit(List<Found> found, boolean bySplit) {
    if (bySplit) {
      return found;
    }
    boolean parts = isSplit(found);
    return spec.splits().of(spec.text(), found, f -> parts ? part(f.id()) : Optional.empty());
  }

  private static boolean isSplit(List<Found> found) {
    return found.stream().allMatch(f -> part(f.id()).isPresent());
  }

  /** Of {@code train/cats/tom.png} the training part. */
  private static Optional<Split> part(String id) {
    int slash = id.indexOf('/');
    return slash > 0 && id.indexOf('/', slash + 1) > 0
        ? Split.ofFolder(id.substring(0, slash))
        : Optional.empty();
  }

  /** The folder below {@code depth} others, "" where the image lies in none. */
  private static String folder(String id, int depth) {
    int start = 0;
    for (int i = 0; i < depth; i++) {
      start = id.indexOf('/', start) + 1;
    }
    int end = id.indexOf('/', start);
    return end < 0 ? "" : id.substring(start, end);
  }
}
