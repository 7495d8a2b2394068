package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.results.ExampleTable;
import io.journey.results.groups.Grouping;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.statistics.NearDuplicates;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Groups of the training images by columns: what every run has, and those that were named. Each is
 * found when it is first asked for.
 */
final class ImageGroups {
  private final Dataset images;
  private final List<ExampleTable.Example> examples;
  private final List<String> columns = new ArrayList<>();
  private final Map<String, Grouping> found = new HashMap<>();

  /**
   * @param named further columns, as {@code journey groups} takes them
   * @throws JourneyException if one of them is not there
   */
  ImageGroups(Dataset images, List<String> named) {
    this.images = images;
    this.examples = examples(images);
    for (String column : List.of(Grouping.CLASS, Grouping.FOLDER, Grouping.SPLIT)) {
      try {
        Grouping grouping = of(column);
        if (grouping.names().size() > 1) {
          columns.add(column);
        }
      } catch (JourneyException e) {
        // No image has one.
      }
    }
    for (String column : named) {
      of(column);
      columns.add(column);
    }
    columns.add(Grouping.DUPLICATES);
  }

  private static List<ExampleTable.Example> examples(Dataset images) {
    boolean classes = !images.classNames().isEmpty(); // Else the words are those of captions.
    return IntStream.range(0, images.size())
        .mapToObj(
            i ->
                new ExampleTable.Example(
                    images.id(i),
                    classes ? images.condition(i).words(images.classNames()) : "",
                    String.join(" / ", images.captions(i))))
        .toList();
  }

  /** Returns the training images as a page lists them. */
  List<ExampleTable.Example> examples() {
    return examples;
  }

  /** Returns the names of the columns. */
  List<String> columns() {
    return columns;
  }

  /**
   * Describes the groups of a column: their names, and the number of each image's, −1 where it has
   * none, as int32 in base 64.
   *
   * @param column its place
   * @throws Refused if no image has one
   */
  ObjectNode describe(int column) {
    Grouping grouping;
    try {
      grouping = of(columns.get(column));
    } catch (JourneyException e) {
      throw new Refused(409, e.getMessage());
    }
    ByteBuffer members =
        ByteBuffer.allocate(Integer.BYTES * examples.size()).order(ByteOrder.LITTLE_ENDIAN);
    members.asIntBuffer().put(grouping.members());
    ObjectNode out = Json.object();
    out.set("names", Json.tree(grouping.names()));
    return out.put("members", Base64.getEncoder().encodeToString(members.array()));
  }

  private synchronized Grouping of(String column) {
    Grouping known = found.get(column);
    if (known == null) {
      known = find(column);
      found.put(column, known);
    }
    return known;
  }

  private Grouping find(String column) {
    if (column.startsWith(Grouping.FILE)) {
      return Grouping.ofFile(Path.of(column.substring(Grouping.FILE.length())), examples);
    }
    if (!Grouping.needsData(column)) {
      return Grouping.ofExamples(column, examples);
    }
    return column.equals(Grouping.DUPLICATES)
        ? Grouping.ofDuplicates(images, NearDuplicates.DEFAULT_CORRELATION, Progress.SILENT)
        : Grouping.ofColumn(column, images, Progress.SILENT);
  }
}
