package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.JourneyException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Images with paths, in a folder or an archive: the first folder of the path is the class, without
 * folders that are {@link Parts} of the set.
 */
final class FolderLayout {
  private final DatasetSpec spec;

  /** An image; its id is its path, with "/". */
  record Found(String id, StoredImage image) {
    /** Whether it may be an image at all: those that are not decide nothing about the layout. */
    boolean isImage() {
      return !(image instanceof StoredImage.Refused);
    }
  }

  FolderLayout(DatasetSpec spec) {
    this.spec = spec;
  }

  /**
   * The examples in order of their ids. Where one part has classes and another none, none has.
   *
   * @param found at least one
   * @param bySplit whether parts of the set are already told apart
   * @param byClass whether folders are classes; if not, images have no condition
   * @throws JourneyException if class folders and single images are mixed
   */
  Listing list(List<Found> found, boolean bySplit, boolean byClass) {
    if (bySplit) {
      List<String> names = byClass ? classes(found, FolderLayout::outermost) : List.of();
      return list(found, names, FolderLayout::outermost);
    }
    Parts parts = Parts.of(spec, found);
    List<Found> images = spec.splits().of(spec.text(), found, f -> parts.split(f.id()));
    return list(images, byClass ? classes(images, parts) : List.of(), parts::classFolder);
  }

  private List<String> classes(List<Found> images, Parts parts) {
    List<List<String>> classes =
        images.stream()
            .filter(Found::isImage)
            .collect(Collectors.groupingBy(f -> parts.split(f.id())))
            .values()
            .stream()
            .map(part -> classes(part, parts::classFolder))
            .toList();
    return classes.stream().anyMatch(List::isEmpty)
        ? List.of()
        : classes.stream().flatMap(List::stream).distinct().sorted(CodePoints::compare).toList();
  }

  private static String outermost(String id) {
    return id.substring(0, Math.max(0, id.indexOf('/')));
  }

  private static Listing list(
      List<Found> images, List<String> names, Function<String, String> folder) {
    Map<String, Condition> classes = new HashMap<>();
    names.forEach(name -> classes.put(name, new Condition.ClassLabel(classes.size())));
    return new Listing(
        names,
        images.stream()
            .sorted(Comparator.comparing(Found::id, CodePoints::compare))
            .map(
                f ->
                    new StoredExample(
                        f.id(),
                        classes.getOrDefault(folder.apply(f.id()), Condition.NONE),
                        f.image()))
            .toList());
  }

  /** The names of the class folders in order, none if the images lie in none. */
  private List<String> classes(List<Found> images, Function<String, String> folder) {
    Map<String, String> folders = new HashMap<>(); // to the id of an image in it
    images.stream()
        .filter(Found::isImage)
        .forEach(f -> folders.putIfAbsent(folder.apply(f.id()), f.id()));
    String alone = folders.remove("");
    List<String> names = folders.keySet().stream().sorted(CodePoints::compare).toList();
    if (alone != null && !names.isEmpty()) {
      throw new JourneyException(
          spec.path()
              + " holds both images ("
              + alone
              + ") and class folders ("
              + names.get(0)
              + "): move the images into a class folder.");
    }
    return names;
  }
}
