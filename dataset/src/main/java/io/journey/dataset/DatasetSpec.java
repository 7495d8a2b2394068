package io.journey.dataset;

import io.journey.dataset.Selection.Clause;
import io.journey.dataset.Selection.Field;
import io.journey.dataset.Transformations.Crop;
import io.journey.dataset.Transformations.Flip;
import io.journey.dataset.Transformations.Orient;
import io.journey.run.JourneyException;
import io.journey.run.Nearest;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that names a data set: {@code [format:]path[?option=value&option=value]}.
 *
 * @param text as typed
 * @param format of the file or folder, empty if that is to be found out
 * @param path where it lies
 * @param transformations of every image
 * @param splits which parts of a published set
 * @param skip "unreadable" to leave out images that cannot be read, empty to refuse them
 * @param links "follow" to follow links that leave the folder, empty to refuse them
 * @param labels of CIFAR-100, "fine" or "coarse", empty for fine
 * @param column of the images, empty if that is to be found out
 * @param label the column of the labels, empty if that is to be found out
 * @param captions which texts that describe its images
 * @param own options that formats of other modules have, by name
 * @param selection which examples
 */
record DatasetSpec(
    String text,
    Optional<DatasetFormat> format,
    Path path,
    Transformations transformations,
    Splits splits,
    Optional<String> skip,
    Optional<String> links,
    Optional<String> labels,
    Optional<String> column,
    Optional<String> label,
    CaptionRule captions,
    Map<String, String> own,
    Selection selection)
    implements DatasetSource {

  /** The side of the largest square that can be asked for. */
  static final int MAX_SIZE = 4096;

  /** A file of ids among the options. */
  private static final Pattern ID_FILE = Pattern.compile("([?&]id!?=@)([^&]+)");

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
    Optional<DatasetFormat> format = Optional.empty();
    Matcher prefix = PREFIX.matcher(place);
    if (prefix.matches()) {
      format = DatasetFormats.named(prefix.group(1));
      if (format.isPresent()) {
        place = prefix.group(2);
      } else if (!Files.exists(path(place, text))) {
        throw new JourneyException(
            "Data set "
                + text
                + " is of unknown kind "
                + prefix.group(1)
                + ": use "
                + DatasetFormats.names()
                + ".");
      }
    }
    if (place.isEmpty()) {
      throw new JourneyException(
          "Data set '" + text + "' names no file or folder: write [kind:]path.");
    }
    return new DatasetSpec(
        text,
        format,
        path(place, text),
        transformations(options),
        new Splits(options.oneOf("split", "train", "validation", "test", Splits.ALL, Splits.NONE)),
        options.oneOf("skip", "unreadable"),
        options.oneOf("links", "follow"),
        options.oneOf("labels", "fine", "coarse"),
        options.text("column"),
        options.text("label"),
        CaptionRule.of(
            options.text(),
            options.text("captions"),
            options.text("caption").map(Selection::unescaped),
            options.oneOf("uncaptioned", "empty")),
        options.own(),
        new Selection(
            clauses(options),
            options.number("limit", 1, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE)));
  }

  /**
   * Returns the spec of a folder of images, whatever its name has in it: no folder below is a part.
   */
  static DatasetSpec of(Path folder) {
    DatasetSpec plain = parse("images:folder?split=none");
    return new DatasetSpec(
        folder.toString(),
        plain.format,
        folder,
        plain.transformations,
        plain.splits,
        plain.skip,
        plain.links,
        plain.labels,
        plain.column,
        plain.label,
        plain.captions,
        plain.own,
        plain.selection);
  }

  /** Returns a text that names the same set for a process that works in another folder. */
  String absolute() {
    int mark = text.indexOf('?');
    Matcher prefix = PREFIX.matcher(mark < 0 ? text : text.substring(0, mark));
    boolean named = prefix.matches() && DatasetFormats.named(prefix.group(1)).isPresent();
    String options = mark < 0 ? "" : text.substring(mark);
    return (named ? prefix.group(1) + ":" : "")
        + path.toAbsolutePath()
        + ID_FILE
            .matcher(options)
            .replaceAll(
                file ->
                    Matcher.quoteReplacement(
                        file.group(1) + Path.of(file.group(2)).toAbsolutePath()));
  }

  private static Transformations transformations(Options options) {
    Optional<Integer> size = options.number("size", 1, MAX_SIZE);
    String crop =
        options.oneOf("crop", "center", "none").orElse(size.isEmpty() ? "none" : "center");
    return new Transformations(
        options
            .oneOf("orient", "upright", "stored")
            .map(o -> Orient.valueOf(o.toUpperCase(Locale.ROOT))),
        options.oneOf("channels", "1", "3").map(Integer::valueOf),
        crop.equals("center") ? Crop.CENTER : Crop.NONE,
        size,
        options.oneOf("flip", "horizontal").isPresent() ? Flip.HORIZONTAL : Flip.NONE);
  }

  /**
   * Returns the same with captions that were asked for later; its text opens the same set.
   *
   * @param empty whether images without a caption have the empty one
   */
  DatasetSpec captioned(boolean empty) {
    String asking = text + (text.indexOf('?') < 0 ? "?" : "&") + "captions=all";
    CaptionRule asked = captions.asked(empty ? Uncaptioned.EMPTY : captions.uncaptioned());
    return with(asking + (empty ? "&uncaptioned=empty" : ""), transformations, asked);
  }

  /** Returns the same with texts of this column as captions, the first of each image. */
  DatasetSpec withColumn(String name) {
    return with(text, transformations, CaptionRule.ofColumn(name));
  }

  /** Returns the same with these columns of images and of labels. */
  DatasetSpec ofColumns(String image, Optional<String> labels) {
    return new DatasetSpec(
        text,
        format,
        path,
        transformations,
        splits,
        skip,
        links,
        this.labels,
        Optional.of(image),
        labels,
        captions,
        own,
        selection);
  }

  private static List<Clause> clauses(Options options) {
    List<Clause> clauses = new ArrayList<>();
    for (Map.Entry<String, String> condition : options.conditions()) {
      String name = condition.getKey();
      Field field = name.startsWith("id") ? Field.ID : Field.CLASS;
      List<String> values = options.names(name, condition.getValue());
      clauses.add(Clause.parse(field, !name.endsWith("!"), values));
    }
    return clauses;
  }

  /** Returns whether images that cannot be read are left out. */
  boolean skipsUnreadable() {
    return skip.isPresent();
  }

  /** Returns whether links are followed out of the folder. */
  boolean followsLinks() {
    return links.isPresent();
  }

  @Override
  public Optional<String> part() {
    return splits.asked();
  }

  @Override
  public Optional<String> option(String name) {
    return Optional.ofNullable(given().get(name));
  }

  /** Returns the options that not all formats have, as far as they were given. */
  private Map<String, String> given() {
    Map<String, String> given = new TreeMap<>(own);
    Map.of(
            "labels", labels,
            "column", column,
            "label", label,
            "skip", skip,
            "links", links,
            "orient", transformations.orient().map(Object::toString))
        .forEach((name, value) -> value.ifPresent(v -> given.put(name, v)));
    return given;
  }

  /**
   * Returns the same for a format: pictures that may carry a camera's note are turned upright by
   * default.
   *
   * @throws JourneyException if an option belongs to other formats, and would be without effect
   */
  DatasetSpec of(DatasetFormat found) {
    for (String name : given().keySet()) {
      if (!found.options().contains(name)) {
        throw new JourneyException(
            "Data set "
                + text
                + " is of kind "
                + found.prefix()
                + ", which has no option "
                + name
                + Nearest.question(name, found.options(), ": leave it out."));
      }
    }
    boolean oriented = found.options().contains("orient");
    return with(text, oriented ? transformations.upright() : transformations, captions);
  }

  private DatasetSpec with(String typed, Transformations transformed, CaptionRule asked) {
    return new DatasetSpec(
        typed,
        format,
        path,
        transformed,
        splits,
        skip,
        links,
        labels,
        column,
        label,
        asked,
        own,
        selection);
  }

  private static Path path(String place, String text) {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new JourneyException(
          "Data set "
              + text
              + " is no path of this system: "
              + e.getReason()
              + (text.chars().allMatch(c -> c < 0x80)
                  ? "."
                  : "; Java takes names for "
                      + System.getProperty("sun.jnu.encoding")
                      + ", start it with LC_ALL=C.UTF-8 for UTF-8."),
          e);
    }
  }

  /** The part behind the question mark. */
  private record Options(
      String text, Map<String, String> values, List<Map.Entry<String, String>> conditions) {
    private static final Set<String> CONDITIONS = Set.of("classes", "class", "class!", "id", "id!");

    private static final List<String> KNOWN =
        List.of(
            "size",
            "crop",
            "flip",
            "channels",
            "split",
            "limit",
            "classes",
            "class",
            "class!",
            "id",
            "id!",
            "labels",
            "column",
            "label",
            "captions",
            "caption",
            "uncaptioned",
            "skip",
            "links",
            "orient");

    static Options parse(String text, String tail) {
      Map<String, String> values = new LinkedHashMap<>();
      List<Map.Entry<String, String>> conditions = new ArrayList<>();
      for (String option : tail.isEmpty() ? new String[0] : tail.split("&", -1)) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        if (!KNOWN.contains(name) && !DatasetFormats.options().contains(name)) {
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
        if (CONDITIONS.contains(name)) {
          conditions.add(Map.entry(name, value));
        } else if (values.put(name, value) != null) {
          throw new JourneyException(
              "Data set " + text + " gives the option " + name + " twice: keep one.");
        }
      }
      return new Options(text, values, conditions);
    }

    /** Those that only formats of other modules have. */
    Map<String, String> own() {
      Map<String, String> own = new LinkedHashMap<>(values);
      own.keySet().removeAll(KNOWN);
      return own;
    }

    Optional<Integer> number(String name, int min, int max) {
      String expected = "a whole number from " + min + " to " + max;
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
        throw wrong(name, expected, e);
      }
      throw wrong(name, expected, null);
    }

    Optional<String> oneOf(String name, String... allowed) {
      String value = values.get(name);
      if (value != null && !List.of(allowed).contains(value)) {
        throw wrong(name, String.join(" or ", allowed), null);
      }
      return Optional.ofNullable(value);
    }

    Optional<String> text(String name) {
      String value = values.get(name);
      if (value != null && value.isEmpty()) {
        throw wrong(name, "a name", null);
      }
      return Optional.ofNullable(value);
    }

    List<String> names(String name, String value) {
      List<String> names = List.of(value.split(",", -1));
      if (names.contains("")) {
        throw wrong(name, value, "names with commas between them", null);
      }
      return names;
    }

    private JourneyException wrong(String name, String expected, Throwable cause) {
      return wrong(name, values.get(name), expected, cause);
    }

    private JourneyException wrong(String name, String value, String expected, Throwable cause) {
      return new JourneyException(
          "Data set " + text + " has " + name + "=" + value + ", expected " + expected + ".",
          cause);
    }
  }
}
