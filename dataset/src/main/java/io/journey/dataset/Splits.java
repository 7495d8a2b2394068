package io.journey.dataset;

import io.journey.run.JourneyException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The parts that are asked for.
 *
 * @param asked as written, empty where nothing is: the training part, if there are parts
 */
record Splits(Optional<String> asked) {
  /** All parts together. */
  static final String ALL = "all";

  /** Names of parts are names like others. */
  static final String NONE = "none";

  /** Returns whether a part is wanted. */
  boolean wants(Split split) {
    return asked.isEmpty() ? split == Split.TRAIN : all() || asked.get().equals(split.toString());
  }

  boolean all() {
    return asked.isPresent() && asked.get().equals(ALL);
  }

  /** Returns whether there are no parts, whatever names say. */
  boolean none() {
    return asked.isPresent() && asked.get().equals(NONE);
  }

  /** Returns whether one part is asked for. */
  boolean one() {
    return asked.isPresent() && !all() && !none();
  }

  /**
   * Returns the items of the wanted parts; all of them where none belongs to a part and none is
   * asked for.
   *
   * @param spec for messages
   * @param split of an item
   * @throws JourneyException if there is nothing of the part asked for
   */
  <T> List<T> of(String spec, List<T> items, Function<T, Optional<Split>> split) {
    Set<Split> found = EnumSet.noneOf(Split.class);
    items.forEach(item -> split.apply(item).ifPresent(found::add));
    if (all() || none() || (found.isEmpty() && asked.isEmpty())) {
      return items;
    }
    if (found.isEmpty()) {
      throw new JourneyException(
          "Data set "
              + spec
              + " has no splits: leave out split= and name the file or folder of that part.");
    }
    List<T> wanted =
        items.stream().filter(i -> split.apply(i).filter(this::wants).isPresent()).toList();
    if (wanted.isEmpty()) {
      throw new JourneyException(
          "Data set "
              + spec
              + " has no part "
              + asked.orElse("train")
              + ": use split="
              + found.stream().map(Split::toString).collect(Collectors.joining(", split="))
              + " or split=all.");
    }
    return wanted;
  }
}
