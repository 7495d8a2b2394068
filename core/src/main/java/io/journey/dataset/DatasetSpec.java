package io.journey.dataset;

import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user typed to name a data set: {@code [kind:]path[?option=value&option=value]}.
 *
 * @param text as typed
 * @param kind what the folder holds, empty if that is to be found out
 * @param folder where it lies
 * @param size side of the square images in pixels, empty to keep theirs
 * @param channels 1 or 3, empty to keep theirs
 * @param split which part of an IDX folder, empty for {@link Split#TRAIN}
 * @param limit at most so many examples, at least 1
 * @param classes names of the classes to keep, empty for all
 */
record DatasetSpec(
    String text,
    Optional<Kind> kind,
    Path folder,
    Optional<Integer> size,
    Optional<Integer> channels,
    Optional<Split> split,
    int limit,
    List<String> classes) {

  /** The side of the largest square that can be asked for. */
  static final int MAX_SIZE = 4096;

  /** What a folder holds. */
  enum Kind {
    IDX,
    IMAGES
  }

  /** The two parts of a published IDX folder. */
  enum Split {
    TRAIN,
    TEST
  }

  /** Two letters at least: one is a drive. */
  private static final Pattern PREFIX = Pattern.compile("([A-Za-z][A-Za-z0-9_-]+):(.*)");

  /**
   * Takes a spec apart.
   *
   * @throws JourneyException if it names an unknown kind, option or value
   */
  static DatasetSpec parse(String text) {
    int mark = text.indexOf('?');
    String place = mark < 0 ? text : text.substring(0, mark);
    Options options = Options.parse(text, mark < 0 ? "" : text.substring(mark + 1));
    Optional<Kind> kind = Optional.empty();
    Matcher prefix = PREFIX.matcher(place);
    if (prefix.matches()) {
      kind = kind(prefix.group(1));
      if (kind.isPresent()) {
        place = prefix.group(2);
      } else if (!Files.exists(path(place, text))) {
        throw new JourneyException(
            "Data set " + text + " is of unknown kind " + prefix.group(1) + ": use idx or images.");
      }
    }
    if (place.isEmpty()) {
      throw new JourneyException("Data set '" + text + "' names no folder: write [kind:]path.");
    }
    return new DatasetSpec(
        text,
        kind,
        path(place, text),
        options.number("size", 1, MAX_SIZE),
        options.oneOf("channels", "1", "3").map(Integer::valueOf),
        options
            .oneOf("split", "train", "test")
            .map(s -> s.equals("test") ? Split.TEST : Split.TRAIN),
        options.number("limit", 1, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE),
        options.names("classes"));
  }

  private static Optional<Kind> kind(String name) {
    return Arrays.stream(Kind.values()).filter(k -> k.name().equalsIgnoreCase(name)).findFirst();
  }

  private static Path path(String place, String text) {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new JourneyException(
          "Data set " + text + " is no path of this system: " + e.getReason() + ".", e);
    }
  }

  /** The part behind the question mark. */
  private record Options(String text, Map<String, String> values) {
    private static final List<String> KNOWN =
        List.of("size", "channels", "split", "limit", "classes");

    static Options parse(String text, String tail) {
      Map<String, String> values = new LinkedHashMap<>();
      for (String option : tail.isEmpty() ? new String[0] : tail.split("&", -1)) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        if (!KNOWN.contains(name)) {
          throw new JourneyException(
              "Data set "
                  + text
                  + " has an unknown option '"
                  + name
                  + "': use "
                  + String.join(", ", KNOWN)
                  + ", as in ?size=16&limit=100.");
        }
        String value = equals < 0 ? "" : option.substring(equals + 1);
        if (values.put(name, value) != null) {
          throw new JourneyException(
              "Data set " + text + " gives the option " + name + " twice: keep one.");
        }
      }
      return new Options(text, values);
    }

    Optional<Integer> number(String name, int min, int max) {
      String value = values.get(name);
      if (value == null) {
        return Optional.empty();
      }
      try {
        int n = Integer.parseInt(value);
        if (n >= min && n <= max) {
          return Optional.of(n);
        }
      } catch (NumberFormatException e) {
        throw wrong(name, "a whole number from " + min + " to " + max, e);
      }
      throw wrong(name, "a whole number from " + min + " to " + max, null);
    }

    Optional<String> oneOf(String name, String... allowed) {
      String value = values.get(name);
      if (value != null && !List.of(allowed).contains(value)) {
        throw wrong(name, String.join(" or ", allowed), null);
      }
      return Optional.ofNullable(value);
    }

    List<String> names(String name) {
      String value = values.get(name);
      if (value == null) {
        return List.of();
      }
      List<String> names = List.of(value.split(",", -1));
      if (names.contains("")) {
        throw wrong(name, "names with commas between them", null);
      }
      return names;
    }

    private JourneyException wrong(String name, String expected, Throwable cause) {
      return new JourneyException(
          "Data set "
              + text
              + " has "
              + name
              + "="
              + values.get(name)
              + ", expected "
              + expected
              + ".",
          cause);
    }
  }
}
