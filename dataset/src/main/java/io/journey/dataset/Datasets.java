package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import io.journey.run.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Opens data sets from what a user types. */
public final class Datasets {
  /** The column of class numbers, where a format has no columns. */
  private static final String LABEL = "label";

  private Datasets() {}

  /**
   * Opens a data set. Every image is read once, which checks it and gives the fingerprint. A set
   * that fits into half of the memory Java may use stays there, 1 byte for each number of an image,
   * 4 where {@code size=} changed it; of a larger one a part stays, and the rest is read from its
   * file whenever it is asked for.
   *
   * <p>{@code format} is {@code idx} (a folder as MNIST is published), {@code cifar} (CIFAR-10 or
   * CIFAR-100 in binary or for Python), {@code parquet} (as the Hugging Face Hub has it), {@code
   * tar} (images or WebDataset shards) or {@code images} (a folder of PNG, JPEG, WebP, BMP or GIF
   * files, flat or with a folder for each class) or {@code coco} (MS COCO); without it, names
   * decide. The options and all formats are described in {@code docs/formats/dataset.md}.
   *
   * <p>Captions are read where the spec asks for them, or later by {@link Dataset#captioned()}.
   *
   * <p>The {@link Dataset#fingerprint} covers shape, order, ids, conditions and every number; it
   * does not change when the folder is moved or its files are compressed.
   *
   * @param spec {@code [format:]path[?option=value&…]}
   * @throws JourneyException if there is none, it is damaged, or the spec is wrong
   */
  public static Dataset open(String spec) {
    return open(spec, Progress.SILENT);
  }

  /** Returns the same, telling how far the reading of many images is. */
  public static Dataset open(String spec, Progress progress) {
    DatasetSpec parsed = DatasetSpec.parse(spec);
    requireExistence(parsed.path());
    try {
      DatasetFormat format = parsed.format().orElseGet(() -> DatasetFormats.of(parsed.path()));
      DatasetSpec known = parsed.of(format);
      Listing listing = format.list(known, progress);
      List<StoredExample> chosen = known.selection().select(listing, spec);
      return IndexedDataset.open(known, listing.withExamples(chosen), progress);
    } catch (OutOfMemoryError e) {
      throw new JourneyException(
          "Data set "
              + spec
              + " needs more than the "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB of memory Java may use: add ?size= or ?limit=, or "
              + Memory.raise()
              + ".",
          e);
    }
  }

  /**
   * Reads a column of texts or numbers that a data set has beside its images: of {@code
   * metadata.jsonl} or {@code metadata.csv}, of Parquet files, a field of WebDataset's {@code
   * .json}, files beside the images by their ending, or what MS COCO says of its images, such as
   * {@code license}. Where there is none of these, {@code label} is the number of an image's class.
   * Images are not read.
   *
   * @param spec of the set
   * @param column its name
   * @return the first text of each example, by id; nothing of those that have none
   * @throws JourneyException if there is no such column, or it is damaged
   */
  public static Map<String, String> column(String spec, String column, Progress progress) {
    DatasetSpec parsed = DatasetSpec.parse(spec);
    requireExistence(parsed.path());
    DatasetFormat format = parsed.format().orElseGet(() -> DatasetFormats.of(parsed.path()));
    DatasetSpec known = parsed.of(format).withColumn(column);
    Listing listing = format.list(known, progress);
    List<StoredExample> chosen = known.selection().select(listing, spec);
    if (listing.captions() == CaptionSource.NONE && column.equals(LABEL)) {
      return labels(chosen);
    }
    if (listing.captions() == CaptionSource.NONE) {
      throw new JourneyException(
          "Data set "
              + spec
              + " is of kind "
              + format.prefix()
              + ", which has no columns beside its images but label, not "
              + column
              + ": give a file of ids in its place.");
    }
    List<List<String>> texts;
    try {
      texts = Captions.read(known, known.captions(), chosen, listing).texts();
    } catch (MissingCaptions e) {
      throw new JourneyException(
          "Data set " + spec + " has no column named " + column + ": check the name.", e);
    }
    Map<String, String> found = new HashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      if (!texts.get(i).get(0).isEmpty()) {
        found.put(chosen.get(i).id(), texts.get(i).get(0));
      }
    }
    return found;
  }

  /**
   * Returns the ids of the examples that a spec chooses, in order. Images are not read: those that
   * cannot be are among them.
   *
   * @throws JourneyException as {@link #open(String)}, but for what is wrong with images
   */
  public static List<String> ids(String spec, Progress progress) {
    DatasetSpec parsed = DatasetSpec.parse(spec);
    requireExistence(parsed.path());
    DatasetFormat format = parsed.format().orElseGet(() -> DatasetFormats.of(parsed.path()));
    DatasetSpec known = parsed.of(format);
    Listing listing = format.list(known, progress);
    return known.selection().select(listing, spec).stream().map(StoredExample::id).toList();
  }

  private static Map<String, String> labels(List<StoredExample> examples) {
    Map<String, String> found = new HashMap<>();
    for (StoredExample example : examples) {
      example
          .condition()
          .classNumber()
          .ifPresent(number -> found.put(example.id(), String.valueOf(number)));
    }
    return found;
  }

  /**
   * Returns the part of a published set that an id names, such as "train"; "" where it does not.
   */
  public static String split(String id) {
    return Split.ofPath(id).map(Split::toString).orElse("");
  }

  private static void requireExistence(Path path) {
    try {
      path.getFileSystem().provider().checkAccess(path);
    } catch (NoSuchFileException e) {
      throw new JourneyException(
          "There is no folder or file "
              + path.toAbsolutePath()
              + ": check the path of the data set.",
          e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Narrows a spec down.
   *
   * @param where a condition on {@code class} or {@code id}: {@code class=cat,dog}, {@code
   *     class!=cat}, {@code id=@FILE}, {@code id!=train/00017}
   * @return the spec with the condition as an option
   * @throws JourneyException if it is no such condition
   */
  public static String where(String spec, String where) {
    if (!where.matches("(class|id)!?=.+")) {
      throw new JourneyException(
          "The condition '"
              + where
              + "' is not understood: write class=NAME,NAME or id=ID,ID or id=@FILE, with != to leave"
              + " out.");
    }
    return spec + (spec.contains("?") ? "&" : "?") + where.replace("&", "%26");
  }

  /** Returns the files and folders in a folder, in order of names. */
  static List<Path> children(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted(Comparator.comparing(FileNames::shown, CodePoints::compare)).toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw unreadable(folder, e.getCause());
    }
  }

  private static JourneyException unreadable(Path folder, IOException e) {
    return new JourneyException("Cannot read " + folder + ": " + Failures.reason(e) + ".", e);
  }
}
