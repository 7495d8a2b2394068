package io.journey.results.groups;

import io.journey.results.ExampleTable;
import io.journey.run.ByteOrderMark;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A table of ids and their groups that a person wrote, beside the training images there are. */
final class GroupFile {
  /** Ids named in a note. */
  private static final int NAMED = 3;

  private final Path file;
  private final String text;
  private final Set<String> known;
  private final Map<String, String> groups = new HashMap<>();
  private final Set<String> unknown = new LinkedHashSet<>();
  private final Set<String> repeated = new LinkedHashSet<>();

  /**
   * Reads a table.
   *
   * @throws JourneyException if it is none, gives an image two groups, or lists none of the images
   */
  GroupFile(Path file, List<ExampleTable.Example> examples) {
    this.file = file;
    this.known = examples.stream().map(ExampleTable.Example::id).collect(Collectors.toSet());
    try {
      this.text = ByteOrderMark.cut(Files.readString(file));
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    Csv.rows(text, file, this::begin);
    if (groups.isEmpty()) {
      throw new JourneyException(
          file
              + " lists none of the training images, whose ids look like '"
              + examples.get(0).id()
              + "': write a line id,group for each.");
    }
  }

  private Consumer<List<String>> begin(List<String> header) {
    List<String> columns = header.stream().map(String::strip).toList();
    int id = columns.indexOf("id");
    int group = columns.indexOf("group");
    if (id < 0 || group < 0) {
      throw new JourneyException(
          file
              + " does not begin with the columns id and group: write id,group in its first line.");
    }
    return row -> add(row.get(id), row.get(group).strip());
  }

  private void add(String written, String group) {
    String id = known.contains(written) ? written : written.strip();
    if (!known.contains(id)) {
      unknown.add(id);
      return;
    }
    String earlier = groups.putIfAbsent(id, group);
    if (earlier == null) {
      return;
    }
    repeated.add(id);
    if (!earlier.equals(group)) {
      throw new JourneyException(
          file
              + " puts "
              + Failures.quoted(id)
              + " into both "
              + Failures.quoted(earlier)
              + " and "
              + Failures.quoted(group)
              + ": an image has one group, keep one.");
    }
  }

  /** Returns the table as it was read. */
  String text() {
    return text;
  }

  /** Returns the group of an image; null or blank: none. */
  String group(String id) {
    return groups.get(id);
  }

  /** Returns a sentence on ids that no training image has, and one on those listed again. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!unknown.isEmpty()) {
      notes.add(
          file
              + " lists "
              + Counted.of(unknown.size(), "ids")
              + " that no training image has: "
              + named(unknown));
    }
    if (!repeated.isEmpty()) {
      notes.add(
          file
              + " lists "
              + Counted.of(repeated.size(), "ids")
              + " more than once: "
              + named(repeated));
    }
    return notes;
  }

  private static String named(Set<String> ids) {
    return ids.stream()
            .limit(NAMED)
            .map(id -> "'" + Failures.quoted(id) + "'")
            .collect(Collectors.joining(", "))
        + (ids.size() > NAMED ? " and " + (ids.size() - NAMED) + " more" : "")
        + ".";
  }
}
