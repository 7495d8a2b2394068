package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.JourneyException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Images with paths, in a folder or an archive: the innermost folder of the path is the class, as
 * the {@code datasets} library has it, without folders that are {@link Parts} of the set. There are
 * no classes where images lie at different depths, or where only one folder would be a class.
 */
final class FolderLayout {
  private final DatasetSpec spec;

  /** An image; its id is its path, with "/". */
  record Found(String id, StoredImage image) {
    /**
     * Returns whether it may be an image at all: those that are not decide nothing about the
     * layout.
     */
    boolean isImage() {
      return !(image instanceof StoredImage.Refused);
    }
  }

  FolderLayout(DatasetSpec spec) {
    this.spec = spec;
  }

  /**
   * Returns the examples in order of their ids.
   *
   * @param found at least one
   * @param bySplit whether parts of the set are already told apart
   * @param byClass whether folders are classes; if not, images have no condition
   * @throws JourneyException if class folders and single images are mixed
   */
  Listing list(List<Found> found, boolean bySplit, boolean byClass) {
    if (bySplit) {
      return list(found, found, List.of(found), FolderLayout::innermost, byClass);
    }
    Parts parts = Parts.of(spec, found);
    List<Found> images = spec.splits().of(spec.text(), found, f -> parts.split(f.id()));
    boolean parted = images.stream().allMatch(f -> parts.split(f.id()).isPresent());
    List<Found> deciding =
        parted ? found.stream().filter(f -> parts.split(f.id()).isPresent()).toList() : images;
    Collection<List<Found>> byPart =
        images.stream().collect(Collectors.groupingBy(f -> parts.split(f.id()))).values();
    return list(images, deciding, byPart, parts::classFolder, byClass);
  }

  /**
   * Returns the examples with their classes.
   *
   * @param deciding the images of all parts, wanted or not: parts agree on what a label means
   * @param byPart the wanted images
   */
  private Listing list(
      List<Found> images,
      List<Found> deciding,
      Collection<List<Found>> byPart,
      UnaryOperator<String> folder,
      boolean byClass) {
    if (!byClass) {
      return list(images, List.of(), folder);
    }
    byPart.forEach(part -> requireNoneAlone(part, folder));
    List<String> ids = deciding.stream().filter(Found::isImage).map(Found::id).toList();
    List<String> names =
        ids.stream()
            .map(folder)
            .filter(name -> !name.isEmpty())
            .distinct()
            .sorted(CodePoints::compare)
            .toList();
    Optional<String> objection = names.isEmpty() ? Optional.empty() : objection(ids, names);
    return objection
        .map(why -> list(images, List.of(), folder).withNotes(DatasetNotes.ofNoClasses(why)))
        .orElseGet(() -> list(images, names, folder));
  }

  /** Why folders are no classes, if they are none. */
  private static Optional<String> objection(List<String> ids, List<String> names) {
    String first = ids.get(0);
    Optional<String> other = ids.stream().filter(id -> depth(id) != depth(first)).findFirst();
    if (other.isPresent()) {
      return Optional.of(
          "its images lie at different depths, as " + first + " and " + other.get() + " do");
    }
    return names.size() > 1
        ? Optional.empty()
        : Optional.of("all its images lie in folders of one name, " + names.get(0));
  }

  private static long depth(String id) {
    return id.chars().filter(c -> c == '/').count();
  }

  private static String innermost(String id) {
    String folders = id.substring(0, Math.max(0, id.lastIndexOf('/')));
    return folders.substring(folders.lastIndexOf('/') + 1);
  }

  private static Listing list(
      List<Found> images, List<String> names, UnaryOperator<String> folder) {
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

  /** Images beside the class folders have lost their way; the library would drop all classes. */
  private void requireNoneAlone(List<Found> images, UnaryOperator<String> folder) {
    Map<String, String> folders = new TreeMap<>(CodePoints::compare); // to the id of an image in it
    images.stream()
        .filter(Found::isImage)
        .forEach(f -> folders.putIfAbsent(folder.apply(f.id()), f.id()));
    String alone = folders.remove("");
    if (alone != null && !folders.isEmpty()) {
      throw new JourneyException(
          spec.path()
              + " holds both images ("
              + alone
              + ") and class folders ("
              + folders.keySet().iterator().next()
              + "): move the images into a class folder.");
    }
  }
}
