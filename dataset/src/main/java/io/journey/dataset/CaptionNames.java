package io.journey.dataset;

import io.journey.run.JourneyException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Names of columns and fields that hold captions. */
final class CaptionNames {
  /** Those that need not be named. */
  static final List<String> KNOWN = List.of("caption", "captions", "text");

  private CaptionNames() {}

  /**
   * Chooses among the columns there are.
   *
   * @param asked what {@code caption=} names
   * @param columns those that could be captions
   * @return empty if none has a known name
   * @throws JourneyException if the one asked for is not there, or several have a known name
   */
  static Optional<String> choose(Optional<String> asked, Collection<String> columns, Object where) {
    if (asked.isPresent()) {
      if (!columns.contains(asked.get())) {
        throw new JourneyException(
            where
                + " has no texts named "
                + asked.get()
                + (columns.isEmpty()
                    ? "."
                    : ": it has "
                        + columns.stream().limit(50).collect(Collectors.joining(", "))
                        + "."));
      }
      return asked;
    }
    List<String> found = KNOWN.stream().filter(columns::contains).toList();
    if (found.size() > 1) {
      throw new JourneyException(
          where
              + " has several columns that may hold captions, "
              + String.join(", ", found)
              + ": say which with caption="
              + found.get(0)
              + ".");
    }
    return found.stream().findFirst();
  }
}
