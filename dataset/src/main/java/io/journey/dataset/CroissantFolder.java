package io.journey.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.condition.Condition;
import io.journey.dataset.FolderLayout.Found;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Images that Croissant describes: files of a set, with a table of what is known of each, or a
 * column of Parquet files.
 */
final class CroissantFolder implements CaptionSource {
  private static final Set<String> LABELS = Set.of("label", "labels", "class");
  private static final String SHA256 = "sha256";

  private final DatasetSpec spec;
  private final CroissantFile croissant;
  private final Map<String, JsonNode> fields;
  private Map<String, List<String>> columns = Map.of(); // by field
  private List<String> ids = List.of();

  private CroissantFolder(DatasetSpec spec) {
    this.spec = spec;
    this.croissant = CroissantFile.open(spec.path());
    this.fields = croissant.fields();
  }

  /** Returns whether a file or folder is described by Croissant, by its name. */
  static boolean isCroissant(Path path) {
    return Files.isDirectory(path)
        ? Files.isRegularFile(path.resolve(CroissantFile.NAME))
        : path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".json");
  }

  static Listing list(DatasetSpec spec) {
    return new CroissantFolder(spec).list();
  }

  private Listing list() {
    JsonNode image =
        fields.values().stream().filter(CroissantFile::isImage).findFirst().orElseThrow();
    JsonNode source = image.path("source");
    String column = source.path("extract").path("column").asText();
    String set = CroissantFile.named(source, "fileSet");
    if (!column.isEmpty()) {
      List<Path> files =
          set.isEmpty()
              ? List.of(croissant.fileObject(CroissantFile.named(source, "fileObject")))
              : List.copyOf(croissant.fileSet(set).values());
      return parquet(files, column);
    }
    if (set.isEmpty()) {
      throw new JourneyException(
          croissant.path() + " takes its images from no fileSet and no column: that is not read.");
    }
    Map<String, Path> files = croissant.fileSet(set);
    Optional<String> table =
        fields.values().stream()
            .map(field -> CroissantFile.named(field.path("source"), "fileObject"))
            .filter(name -> !name.isEmpty())
            .findFirst();
    return table.isPresent() ? listed(files, set, table.get()) : plain(files);
  }

  private Listing parquet(List<Path> files, String column) {
    List<Path> wanted =
        spec.splits()
            .of(
                spec.text(),
                files,
                file ->
                    Split.ofPath(
                        FileNames.below(croissant.path().toAbsolutePath().getParent(), file)));
    Optional<String> label =
        fields.entrySet().stream()
            .filter(CroissantFolder::isLabel)
            .map(field -> field.getValue().path("source").path("extract").path("column").asText())
            .filter(name -> !name.isEmpty())
            .findFirst();
    Shards shards = new Shards(wanted, wanted.size() < files.size());
    return ParquetTable.list(spec.ofColumns(column, label), shards);
  }

  private static boolean isLabel(Map.Entry<String, JsonNode> field) {
    return LABELS.contains(field.getKey()) || CroissantFile.hasType(field.getValue(), "Label");
  }

  /** Files of which nothing more is known: folders are classes. */
  private Listing plain(Map<String, Path> files) {
    List<Found> found = new ArrayList<>();
    files.forEach((name, file) -> found.add(new Found(name, image(file))));
    return new FolderLayout(spec).list(found, false, true).withCaptions(this);
  }

  private static StoredImage image(Path file) {
    return new StoredImage.InFile(SourceFile.of(file));
  }

  /** Files that a table lists: a row an image. */
  private Listing listed(Map<String, Path> files, String set, String table) {
    Map<String, String> sources = new LinkedHashMap<>(); // the table's column of each field
    String join = "";
    boolean byName = false;
    for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
      JsonNode source = field.getValue().path("source");
      JsonNode reference = field.getValue().path("references");
      if (CroissantFile.named(source, "fileObject").equals(table)) {
        sources.put(field.getKey(), source.path("extract").path("column").asText());
        if (CroissantFile.named(reference, "fileSet").equals(set)) {
          join = field.getKey();
          byName = reference.path("extract").path("fileProperty").asText().equals("filename");
        }
      }
    }
    if (join.isEmpty()) {
      throw new JourneyException(
          croissant.path()
              + " does not say which row of "
              + Failures.quoted(table)
              + " belongs to which image: a field that references the images' filename or fullpath is"
              + " expected.");
    }
    Map<String, List<String>> read =
        CroissantTable.read(croissant.fileObject(table), new HashSet<>(sources.values()));
    Map<String, List<String>> byField = new LinkedHashMap<>();
    sources.forEach((field, column) -> byField.put(field, read.get(column)));
    columns = byField;
    return listing(places(files, byName), byField.get(join));
  }

  /** Returns files by what a table calls them. */
  private Map<String, Path> places(Map<String, Path> files, boolean byName) {
    Map<String, Path> places = new HashMap<>();
    files.forEach(
        (name, file) -> {
          String called = byName ? name.substring(name.lastIndexOf('/') + 1) : name;
          if (places.put(called, file) != null) {
            throw new JourneyException(
                croissant.path()
                    + " finds images by their names, and several are called "
                    + Failures.quoted(called)
                    + ": reference their fullpath.");
          }
        });
    return places;
  }

  private Listing listing(Map<String, Path> places, List<String> names) {
    Optional<List<String>> labels =
        fields.entrySet().stream()
            .filter(CroissantFolder::isLabel)
            .map(field -> columns.get(field.getKey()))
            .filter(Objects::nonNull)
            .findFirst()
            .map(all -> all.stream().map(text -> text.isEmpty() ? null : text).toList());
    ClassNames classes = ClassNames.of(labels.orElse(List.of()), croissant.path().toString());
    List<String> sums = columns.get(SHA256);
    ids = croissant.key().map(columns::get).orElse(names);
    Set<String> seen = new HashSet<>();
    List<StoredExample> examples = new ArrayList<>();
    for (int row = 0; row < names.size(); row++) {
      Path file = places.get(names.get(row));
      if (file == null || !seen.add(ids.get(row))) {
        throw new JourneyException(
            croissant.path()
                + (file == null ? " lists the image " : " lists a second image called ")
                + Failures.quoted(file == null ? names.get(row) : ids.get(row))
                + (file == null
                    ? ", which is not there: put it below the folder; nothing is fetched."
                    : ": ids must differ."));
      }
      if (sums != null) {
        croissant.requireSum(file, sums.get(row));
      }
      Condition condition =
          labels.isPresent() ? classes.condition(labels.get().get(row)) : Condition.NONE;
      examples.add(new StoredExample(ids.get(row), condition, image(file)));
    }
    return new Listing(classes.names(), examples).withCaptions(this);
  }

  /**
   * Texts of a field of records; the licence and the creator of the set are those of each image.
   */
  @Override
  public void read(List<StoredExample> examples, CaptionCollector captions) {
    String where = croissant.path().toString();
    String ofAll = captions.column().map(croissant::ofTheSet).orElse("");
    boolean whole = captions.column().isPresent() && !columns.containsKey(captions.column().get());
    if (whole && !ofAll.isEmpty()) {
      for (int i = 0; i < examples.size(); i++) {
        captions.add(i, ofAll, where);
      }
      return;
    }
    Optional<String> field = CaptionNames.choose(captions.column(), columns.keySet(), where);
    if (field.isPresent()) {
      Map<String, Integer> rows = new HashMap<>();
      ids.forEach(id -> rows.put(id, rows.size()));
      List<String> texts = columns.get(field.get());
      for (int i = 0; i < examples.size(); i++) {
        captions.add(i, texts.get(rows.get(examples.get(i).id())), where);
      }
    }
  }
}
