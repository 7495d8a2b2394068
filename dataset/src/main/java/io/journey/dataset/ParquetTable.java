package io.journey.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.dataset.ParquetFile.Page;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parquet files with a column of encoded images, as the Hugging Face Hub keeps them: either plain
 * bytes, or a structure with a field {@code bytes}. What its {@code datasets} library notes in the
 * file says which column holds images and how classes are called.
 */
final class ParquetTable {
  private static final Set<String> LABELS = Set.of("label", "labels");

  private final DatasetSpec spec;
  private final PageCache cache = new PageCache();
  private final List<StoredImage.Encoded> images = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private List<String> names; // of the classes, where the first file knows them
  private boolean labelled;
  private final List<ParquetCaptions.Shard> shards = new ArrayList<>();

  private ParquetTable(DatasetSpec spec) {
    this.spec = spec;
  }

  /** Returns whether a file name is that of a shard. */
  static boolean isParquet(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  static Listing list(DatasetSpec spec) {
    Shards shards = Shards.find(spec, ParquetTable::isParquet, ".parquet");
    if (!shards.bySplit() && spec.splits().one()) {
      throw new JourneyException(
          "Data set " + spec.text() + " has no splits: leave out split= and name the file.");
    }
    return list(spec, shards);
  }

  /** Lists the images of files that are known already. */
  static Listing list(DatasetSpec spec, Shards shards) {
    ParquetTable table = new ParquetTable(spec);
    Set<String> stems = new HashSet<>();
    for (Path file : shards.files()) {
      String stem = stem(file);
      if (!stems.add(stem)) {
        throw new JourneyException(
            spec.path()
                + " holds two files that would give their images the same ids, "
                + stem
                + ": open them one by one.");
      }
      table.read(ParquetFile.open(file), stem);
    }
    return table.listing();
  }

  /** Returns the name of a shard, with that of its folder where it is a mere number. */
  private static String stem(Path file) {
    String name = FileNames.shown(file);
    String stem = isParquet(name) ? name.substring(0, name.length() - ".parquet".length()) : name;
    Path folder = file.toAbsolutePath().getParent();
    return stem.matches("\\d+") && folder.getFileName() != null
        ? FileNames.shown(folder) + "/" + stem
        : stem;
  }

  private void read(ParquetFile file, String stem) {
    ObjectNode features = features(file);
    ParquetColumn image = imageColumn(file, features);
    ParquetColumn label = labelColumn(file, features);
    int before = images.size();
    for (Page page : file.pages(image)) {
      for (int i = 0; i < page.values(); i++) {
        String id = id(stem, images.size() - before);
        images.add(new StoredImage.Encoded(new Cell(cache, file, page, i), file.path(), id));
      }
    }
    shards.add(new ParquetCaptions.Shard(file, stem, images.size() - before));
    if (label == null) {
      images.subList(before, images.size()).forEach(i -> labels.add(null));
      return;
    }
    labelled = true;
    readLabels(file, label);
    if (labels.size() != images.size()) {
      throw new JourneyException(
          file.path()
              + " has "
              + (images.size() - before)
              + " images and another number of labels: it is damaged, copy it again.");
    }
    names(file, label, features);
  }

  /** Returns the id of a row. */
  static String id(String stem, int row) {
    return String.format(Locale.ROOT, "%s/%05d", stem, row);
  }

  private void readLabels(ParquetFile file, ParquetColumn column) {
    for (Page page : file.pages(column)) {
      for (Object value : file.read(page)) {
        labels.add(
            value instanceof byte[] text
                ? FileNames.utf8(text, "A label of " + file.path())
                : Objects.toString(value, null));
      }
    }
  }

  /**
   * Returns the notes of the datasets library on the columns; empty where it has not written the
   * file.
   */
  private static ObjectNode features(ParquetFile file) {
    String note = file.note("huggingface");
    if (note == null) {
      return Json.object();
    }
    byte[] text = note.getBytes(StandardCharsets.UTF_8);
    JsonNode features = Json.parse(text, file.path() + ": huggingface").at("/info/features");
    return features instanceof ObjectNode object ? object : Json.object();
  }

  private static List<String> ofType(ObjectNode features, String type) {
    return features.properties().stream()
        .filter(f -> f.getValue().path("_type").asText().equals(type))
        .map(Map.Entry::getKey)
        .toList();
  }

  private ParquetColumn imageColumn(ParquetFile file, ObjectNode features) {
    List<ParquetColumn> binary =
        file.columns().stream()
            .filter(ParquetColumn::isBinary)
            .filter(c -> c.path().size() == 1 || c.path().equals(List.of(c.top(), "bytes")))
            .toList();
    List<String> known = ofType(features, "Image");
    List<ParquetColumn> candidates =
        binary.stream()
            .filter(
                c ->
                    spec.column()
                        .map(c.top()::equals)
                        .orElse(known.isEmpty() || known.contains(c.top())))
            .toList();
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    String columns =
        file.columns().stream()
            .limit(50)
            .map(ParquetColumn::toString)
            .collect(Collectors.joining(", "));
    if (candidates.isEmpty()) {
      throw new JourneyException(
          file.path()
              + " has no column of images"
              + spec.column().map(c -> " named " + c).orElse("")
              + ", which would be binary or a structure with binary 'bytes': its columns are "
              + columns
              + ".");
    }
    throw new JourneyException(
        file.path()
            + " has several columns that may hold images, "
            + candidates.stream().map(ParquetColumn::top).collect(Collectors.joining(", "))
            + ": say which with column="
            + candidates.get(0).top()
            + ".");
  }

  /** Returns the column of the classes, or null where there is none. */
  private ParquetColumn labelColumn(ParquetFile file, ObjectNode features) {
    List<ParquetColumn> all =
        file.columns().stream().filter(c -> c.path().size() == 1 && c.isLabel()).toList();
    if (spec.label().isPresent()) {
      String name = spec.label().get();
      return all.stream()
          .filter(c -> c.top().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new JourneyException(
                      file.path()
                          + " has no column "
                          + name
                          + " of whole numbers or text: those are "
                          + all.stream().map(ParquetColumn::top).collect(Collectors.joining(", "))
                          + "."));
    }
    List<ParquetColumn> named = all.stream().filter(c -> LABELS.contains(c.top())).toList();
    List<String> known = ofType(features, "ClassLabel");
    List<ParquetColumn> classes =
        named.size() == 1 ? named : all.stream().filter(c -> known.contains(c.top())).toList();
    if (classes.size() > 1) {
      throw new JourneyException(
          file.path()
              + " has several columns of classes, "
              + classes.stream().map(ParquetColumn::top).collect(Collectors.joining(", "))
              + ": say which with label="
              + classes.get(0).top()
              + ".");
    }
    return classes.isEmpty() ? null : classes.get(0);
  }

  private void names(ParquetFile file, ParquetColumn label, ObjectNode features) {
    JsonNode noted = features.path(label.top()).path("names");
    if (label.text() || !noted.isArray() || noted.isEmpty()) {
      return;
    }
    JsonType.TEXTS.require(noted, label.top() + ".names", file.path() + ": huggingface");
    List<String> here = new ArrayList<>();
    noted.forEach(n -> here.add(n.textValue()));
    if (names != null && !names.equals(here)) {
      throw new JourneyException(
          file.path() + " names its classes otherwise than the files before it: open it alone.");
    }
    names = here;
  }

  private Listing listing() {
    return classes().withCaptions(new ParquetCaptions(List.copyOf(shards)));
  }

  private Listing classes() {
    if (images.isEmpty()) {
      throw new JourneyException(spec.path() + " holds no rows: check the path.");
    }
    if (!labelled) {
      return listing(List.of(), label -> Condition.NONE);
    }
    if (names == null) {
      ClassNames found = ClassNames.of(labels, spec.path().toString());
      return listing(found.names(), found::condition);
    }
    return listing(names, this::checked);
  }

  private interface Labelling {
    Condition of(String label);
  }

  private Listing listing(List<String> classes, Labelling labelling) {
    List<StoredExample> examples = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      StoredImage.Encoded image = images.get(i);
      examples.add(new StoredExample(image.id(), labelling.of(labels.get(i)), image));
    }
    return new Listing(classes, examples);
  }

  private Condition checked(String label) {
    long value = label == null ? -1 : Long.parseLong(label);
    if (value >= names.size()) {
      throw new JourneyException(
          spec.path()
              + " has the label "
              + value
              + ", but names for "
              + Counted.of(names.size(), "classes")
              + " only: it is damaged, copy it again.");
    }
    return value < 0 ? Condition.NONE : new Condition.ClassLabel((int) value);
  }

  /** An image within a page. */
  private record Cell(PageCache cache, ParquetFile file, Page page, int index) implements Content {
    @Override
    public byte[] read() throws IOException {
      Object value = cache.get(file, page)[index];
      if (value == null) {
        throw new IOException("there are no bytes of an image, only a gap or a path");
      }
      return (byte[]) value;
    }
  }
}
