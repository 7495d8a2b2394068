package io.journey.dataset;

import io.journey.dataset.FolderLayout.Found;
import io.journey.run.JourneyException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The parts of a set as the folders of its images name them, as the {@code datasets} library finds
 * them: {@code train/tom.png}, {@code train/cats/tom.png}, {@code data/train/cats/tom.png}, {@code
 * cats/train/tom.png}; where no folder does, the names of the images may. What names no part
 * everywhere is not guessed.
 */
final class Parts {
  private static final int NOWHERE = -1;

  private final DatasetSpec spec;
  private final Map<String, Integer> depths = new HashMap<>(); // of an id's folder or name

  private Parts(DatasetSpec spec, List<Found> found) {
    this.spec = spec;
    ToIntFunction<String[]> place =
        spec.splits().none()
            ? names -> NOWHERE
            : isNamedByFiles(found) ? Parts::last : Parts::first;
    found.forEach(f -> depths.put(f.id(), place.applyAsInt(names(f.id()))));
    List<String> outside = found.stream().map(Found::id).filter(id -> !isIn(id)).toList();
    if (!outside.isEmpty()) {
      decideMixed(found, outside);
    }
  }

  static Parts of(DatasetSpec spec, List<Found> found) {
    return new Parts(spec, found);
  }

  private static String[] names(String id) {
    return id.split("/");
  }

  private static int last(String[] names) {
    return names.length - 1;
  }

  /** Returns the outermost folder that names a part. */
  private static int first(String[] names) {
    for (int i = 0; i < names.length - 1; i++) {
      if (Split.ofName(names[i]).isPresent()) {
        return i;
      }
    }
    return NOWHERE;
  }

  /** Returns whether no folder names a part, but every image does, and they name several. */
  private static boolean isNamedByFiles(List<Found> found) {
    Set<Split> parts = EnumSet.noneOf(Split.class);
    for (Found image : found) {
      String[] names = names(image.id());
      Optional<Split> part = Split.ofName(names[names.length - 1]);
      if (first(names) != NOWHERE || part.isEmpty()) {
        return false;
      }
      parts.add(part.get());
    }
    return parts.size() > 1;
  }

  private boolean isIn(String id) {
    return depths.get(id) != NOWHERE;
  }

  /** Some images lie in folders named like parts, others do not. */
  private void decideMixed(List<Found> found, List<String> outside) {
    List<String> inside = found.stream().map(Found::id).filter(this::isIn).toList();
    Set<Split> parts = EnumSet.noneOf(Split.class);
    inside.forEach(id -> parts.add(split(id).orElseThrow()));
    Optional<String> exact =
        inside.stream().filter(id -> Split.isExactly(folderOf(id))).findFirst();
    boolean clear = parts.size() > 1 || exact.isPresent();
    if (spec.splits().asked().isPresent() || inside.isEmpty()) {
      return; // the user has decided, or there is nothing to decide
    }
    if (clear) {
      throw new JourneyException(
          spec.path()
              + " holds images in a folder named like a part of a set ("
              + exact.orElse(inside.get(0))
              + ") and images in none ("
              + outside.get(0)
              + "): add split="
              + parts.iterator().next()
              + " to read that part alone, or split=none if no folder is a part.");
    }
    inside.forEach(id -> depths.put(id, NOWHERE));
  }

  private String folderOf(String id) {
    return names(id)[depths.get(id)];
  }

  /** Returns the part of an image. */
  Optional<Split> split(String id) {
    return isIn(id) ? Split.ofName(folderOf(id)) : Optional.empty();
  }

  /**
   * Returns the folder of its class, the innermost that names no part; "" where it lies in none.
   */
  String classFolder(String id) {
    String[] names = names(id);
    for (int i = names.length - 2; i >= 0; i--) {
      if (i != depths.get(id)) {
        return names[i];
      }
    }
    return "";
  }
}
