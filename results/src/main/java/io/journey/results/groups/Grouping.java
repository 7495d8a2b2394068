package io.journey.results.groups;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.results.ExampleTable;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.statistics.NearDuplicates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Groups of training images, each image in one of them or in none.
 *
 * @param column what they are groups by: "class", "folder", "split", "duplicates", a column's name
 *     or "@FILE"
 * @param names of the groups, each once, at least one
 * @param members the place in {@code names} of each image's group, −1 where it has none, [N]
 * @param settings what else decided them
 * @param notes sentences on what was named and is in no group
 */
public record Grouping(
    String column, List<String> names, int[] members, ObjectNode settings, List<String> notes) {
  /** By the class of each image. */
  public static final String CLASS = "class";

  /** By the folders of an id: all before its last "/". */
  public static final String FOLDER = "folder";

  /** By the part of a published set, training, validation or test, that an id names. */
  public static final String SPLIT = "split";

  /** By clusters of near-duplicates; images that are alone have no group. */
  public static final String DUPLICATES = "duplicates";

  /** Begins the name of a file of groups. */
  public static final String FILE = "@";

  public Grouping {
    names = List.copyOf(names);
    notes = List.copyOf(notes);
    if (names.isEmpty()) {
      throw new JourneyException(
          column.equals(DUPLICATES)
              ? "No two training images are near-duplicates: there is nothing to group by. Group by"
                  + " another column."
              : "No training image has a " + column + ": group by another column.");
    }
  }

  /** Groups of which there is nothing to say. */
  public Grouping(String column, List<String> names, int[] members, ObjectNode settings) {
    this(column, names, members, settings, List.of());
  }

  /** Returns how many images have no group. */
  public int without() {
    return (int) Arrays.stream(members).filter(group -> group < 0).count();
  }

  /** Groups by a text of each image; blank: none. */
  static Grouping by(String column, int size, Function<Integer, String> text, ObjectNode settings) {
    String[] texts = new String[size];
    Arrays.setAll(texts, i -> text.apply(i) == null ? "" : text.apply(i).strip());
    List<String> names =
        Arrays.stream(texts).filter(name -> !name.isEmpty()).distinct().sorted().toList();
    Map<String, Integer> places = new HashMap<>();
    names.forEach(name -> places.put(name, places.size()));
    int[] members = Arrays.stream(texts).mapToInt(name -> places.getOrDefault(name, -1)).toArray();
    return new Grouping(column, names, members, settings);
  }

  /** Returns whether groups by a column need the data set itself. */
  public static boolean needsData(String column) {
    return !List.of(CLASS, FOLDER, SPLIT).contains(column) && !column.startsWith(FILE);
  }

  /**
   * Groups by what an attribution knows of each image: {@link #CLASS}, {@link #FOLDER} or {@link
   * #SPLIT}.
   */
  public static Grouping ofExamples(String column, List<ExampleTable.Example> examples) {
    return by(column, examples.size(), i -> text(column, examples.get(i)), Json.object());
  }

  private static String text(String column, ExampleTable.Example example) {
    return switch (column) {
      case CLASS -> className(example);
      case SPLIT -> Datasets.split(example.id());
      default -> folder(example.id());
    };
  }

  /** Returns the class; "" where the model was told the caption, which then stands in its place. */
  private static String className(ExampleTable.Example example) {
    return example.className().equals(example.caption()) ? "" : example.className();
  }

  private static String folder(String id) {
    return id.substring(0, Math.max(0, id.lastIndexOf('/')));
  }

  /**
   * Groups by a column of the data set.
   *
   * @param data in the order of scores
   */
  public static Grouping ofColumn(String column, Dataset data, Progress progress) {
    Map<String, String> texts = Datasets.column(data.spec(), column, progress);
    return by(column, data.size(), i -> texts.get(data.id(i)), Json.object());
  }

  /**
   * Groups near-duplicates; a group is called by its first image.
   *
   * @param data pictures, in the order of scores
   * @param correlation as {@link NearDuplicates#clusters} takes it
   */
  public static Grouping ofDuplicates(Dataset data, double correlation, Progress progress) {
    return ofDuplicates(data, correlation, NearDuplicates.clusters(data, correlation, progress));
  }

  /**
   * Groups near-duplicates that are known.
   *
   * @param first what {@link NearDuplicates#clusters} returns for the data and the correlation
   */
  public static Grouping ofDuplicates(Dataset data, double correlation, int[] first) {
    int[] heads = IntStream.range(0, first.length).filter(i -> first[i] == i).toArray();
    int[] members =
        Arrays.stream(first).map(i -> i < 0 ? -1 : Arrays.binarySearch(heads, i)).toArray();
    List<String> names = Arrays.stream(heads).mapToObj(i -> "like " + data.id(i)).toList();
    return new Grouping(DUPLICATES, names, members, Json.object().put("similarity", correlation));
  }

  /**
   * Groups by a table of ids: a line with the columns {@code id} and {@code group}, then a line an
   * image, in any order; blanks around both do not count. Images that it does not list have no
   * group. Ids that no image has, and those that are listed twice, are told in the notes.
   *
   * @throws JourneyException if it is no such table, gives an image two groups, or lists none of
   *     the examples
   */
  public static Grouping ofFile(Path file, List<ExampleTable.Example> examples) {
    GroupFile table = new GroupFile(file, examples);
    Grouping found =
        by(
            FILE + file.getFileName(),
            examples.size(),
            i -> table.group(examples.get(i).id()),
            Json.object().put("sha256", sha256(table.text())));
    return new Grouping(found.column, found.names, found.members, found.settings, table.notes());
  }

  /** Returns how many images each group has. */
  int[] sizes() {
    int[] sizes = new int[names.size()];
    for (int group : members) {
      if (group >= 0) {
        sizes[group]++;
      }
    }
    return sizes;
  }

  /** Returns a hash of the names and of who is in which. */
  String fingerprint() {
    StringBuilder all = new StringBuilder();
    names.forEach(name -> all.append(name.length()).append(' ').append(name));
    all.append(Arrays.toString(members));
    return sha256(all.toString());
  }

  private static String sha256(String text) {
    return Checksums.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
