package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Croissant 1.1 of the training images: a table with a line an image and the SHA-256 of its file,
 * the images themselves, and {@code croissant.json} that describes both.
 */
public final class CroissantMetadata implements ExportFormat {
  private static final String FILE = "croissant.json";
  private static final String TABLE = "images.parquet";
  private static final String MADE = "journey.json";
  private static final String PICTURES = "pictures";
  private static final String RECORDS = "images";
  private static final String FILE_NAME = "file_name";

  /** The last part of a path. */
  private static final String NAME = "name";

  @Override
  public String name() {
    return "croissant";
  }

  @Override
  public String description() {
    return "Describe the training images as Croissant, with groups, licence and checksums.";
  }

  @Override
  public Set<ImageForm> images() {
    return Set.of(ImageForm.FILES, ImageForm.PNG);
  }

  @Override
  public void check(ExportRequest request) {
    if (request.absolute()) {
      throw new SettingException(
          "Croissant names files below its own folder: leave --paths absolute out");
    }
  }

  @Override
  public void write(ExportContent content, StageWork work) {
    content.images().write(work);
    List<String> names = fileNames(content);
    List<Column> columns = new ArrayList<>();
    columns.add(Column.texts(FILE_NAME, names::get));
    columns.add(Column.texts(NAME, i -> lastPart(names.get(i))));
    columns.add(Column.texts("id", i -> content.example(i).id()));
    columns.add(Column.texts("sha256", content.images()::sha256OfFile));
    columns.add(Column.texts("class", i -> content.className(i)));
    columns.add(Column.texts("caption", content::caption));
    content.groups().forEach((name, groups) -> columns.add(Column.texts(name, groups::get)));
    columns.add(Column.texts("generative_training", i -> content.consent(i).use().toString()));
    columns.removeIf(
        column ->
            IntStream.range(0, content.size())
                .allMatch(i -> ((String) column.value().apply(i)).isEmpty()));
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    work.write(
        TABLE,
        out -> {
          table.reset();
          ParquetWriter.write(table, columns, content.size(), Map.of());
          table.writeTo(out);
        });
    byte[] made = Json.bytes(content.provenance());
    work.write(MADE, out -> out.write(made));
    ObjectNode json = head(content);
    ArrayNode distribution = json.putArray("distribution");
    addFile(distribution, TABLE, "application/x-parquet", table.toByteArray());
    addFile(distribution, MADE, "application/json", made);
    addPictures(distribution, names);
    boolean distinct =
        names.stream().map(CroissantMetadata::lastPart).distinct().count() == names.size();
    addRecords(json.putArray("recordSet").addObject(), columns, distinct);
    work.write(FILE, out -> out.write(Json.bytes(json)));
  }

  /** Returns the paths of all images, from the folder that the file is to lie in. */
  private static List<String> fileNames(ExportContent content) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      String id = content.example(i).id();
      if (content.images().form() == ImageForm.PNG) {
        names.add(content.images().path(i));
      } else if (ExportImages.slashed(
              content.request().data().file(i).orElseThrow().toAbsolutePath())
          .endsWith("/" + id)) {
        names.add(id);
      } else {
        throw new JourneyException(
            "The image " + id + " is not a file of that name: add --images png.");
      }
    }
    return names;
  }

  private static ObjectNode head(ExportContent content) {
    ExportRequest.Names names = content.request().names();
    ObjectNode json = Json.object();
    json.set("@context", context());
    json.put("@type", "sc:Dataset").put("conformsTo", "http://mlcommons.org/croissant/1.1");
    json.put("name", names.dataset().isEmpty() ? "training-images" : names.dataset());
    json.put(
        "description",
        "The "
            + content.size()
            + " training images of an attribution by Journey; "
            + MADE
            + " says how it was made.");
    json.put("identifier", "sha256:" + content.request().data().fingerprint());
    if (!names.license().isEmpty()) {
      json.put("license", names.license());
    }
    if (!names.creator().isEmpty()) {
      json.putObject("creator").put("@type", "sc:Organization").put("name", names.creator());
    }
    return json.put("version", "1.0.0");
  }

  /** The context of Croissant 1.1, as its specification gives it. */
  private static ObjectNode context() {
    ObjectNode context = Json.object().put("@language", "en").put("@vocab", "https://schema.org/");
    context.put("sc", "https://schema.org/").put("cr", "http://mlcommons.org/croissant/");
    context
        .put("rai", "http://mlcommons.org/croissant/RAI/")
        .put("dct", "http://purl.org/dc/terms/");
    for (String term :
        ("arrayShape citeAs column containedIn equivalentProperty extract field fileObject"
                + " fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5"
                + " parentField path recordSet references regex repeated replace samplingRate"
                + " separator source subField transform")
            .split(" ")) {
      context.put(term, "cr:" + term);
    }
    context.put("conformsTo", "dct:conformsTo");
    context.putObject("data").put("@id", "cr:data").put("@type", "@json");
    context.putObject("dataType").put("@id", "cr:dataType").put("@type", "@vocab");
    context.putObject("examples").put("@id", "cr:examples").put("@type", "@json");
    return context;
  }

  private static void addFile(ArrayNode distribution, String name, String format, byte[] bytes) {
    distribution
        .addObject()
        .put("@type", "cr:FileObject")
        .put("@id", name)
        .put("name", name)
        .put("contentUrl", name)
        .put("contentSize", bytes.length + " B")
        .put("encodingFormat", format)
        .put("sha256", Checksums.of(bytes));
  }

  private static void addPictures(ArrayNode distribution, List<String> names) {
    Set<String> endings = new TreeSet<>();
    names.forEach(name -> endings.add(name.substring(name.lastIndexOf('.') + 1)));
    ObjectNode set = distribution.addObject().put("@type", "cr:FileSet").put("@id", PICTURES);
    set.put("name", PICTURES);
    ArrayNode formats = set.putArray("encodingFormat");
    ArrayNode globs = set.putArray("includes");
    boolean flat = names.stream().noneMatch(name -> name.contains("/"));
    for (String ending : endings) {
      globs.add((flat ? "*." : "**/*.") + ending);
    }
    endings.stream()
        .map(ending -> ending.equalsIgnoreCase("jpg") ? "image/jpeg" : "image/" + ending)
        .distinct()
        .forEach(formats::add);
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Adds the lines of the table as records, each with its image.
   *
   * @param distinct whether the last parts of paths differ: then images are found by them, as some
   *     readers compare whole paths to no avail
   */
  private static void addRecords(ObjectNode records, List<Column> columns, boolean distinct) {
    records.put("@type", "cr:RecordSet").put("@id", RECORDS).put("name", RECORDS);
    records.putObject("key").put("@id", RECORDS + "/id");
    ArrayNode fields = records.putArray("field");
    for (Column column : columns) {
      ObjectNode field = field(fields, column.name(), column.name().equals("class"));
      ObjectNode source = field.putObject("source");
      source.putObject("fileObject").put("@id", TABLE);
      source.putObject("extract").put("column", column.name());
      if (column.name().equals(distinct ? NAME : FILE_NAME)) {
        ofPictures(field.putObject("references"), distinct ? "filename" : "fullpath");
      }
    }
    ObjectNode image = field(fields, "image", false).put("dataType", "sc:ImageObject");
    ofPictures(image.putObject("source"), "content");
  }

  private static ObjectNode field(ArrayNode fields, String name, boolean label) {
    ObjectNode field = fields.addObject().put("@type", "cr:Field");
    field.put("@id", RECORDS + "/" + name).put("name", name);
    if (label) {
      field.set("dataType", Json.tree(Arrays.asList("sc:Text", "cr:Label")));
    } else {
      field.put("dataType", "sc:Text");
    }
    return field;
  }

  private static void ofPictures(ObjectNode source, String property) {
    source.putObject("fileSet").put("@id", PICTURES);
    source.putObject("extract").put("fileProperty", property);
  }
}
