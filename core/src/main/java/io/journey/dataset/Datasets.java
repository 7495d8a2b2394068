package io.journey.dataset;

import io.journey.dataset.DatasetSpec.Kind;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Opens data sets from what a user types. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a data set and reads all of it into memory: 1 byte for each number of an image, 4 where
   * {@code size=} changed it.
   *
   * <p>{@code kind} is {@code idx} (a folder as MNIST is published) or {@code images} (a folder of
   * PNG, JPEG, BMP or GIF files, flat or with a folder for each class); without it, the folder's
   * content decides. Options: {@code size=N} cuts a square out of the middle and brings it to N×N
   * pixels, {@code channels=1|3}, {@code split=train|test} (idx only), {@code classes=a,b} keeps
   * these classes, {@code limit=N} keeps the first N examples of what is left. The grammar and both
   * formats are described in {@code docs/formats/dataset.md}.
   *
   * <p>The {@link Dataset#fingerprint} covers shape, order, ids, labels and every number; it does
   * not change when the folder is moved, or its IDX files are gzipped.
   *
   * @param spec {@code [kind:]path[?option=value&…]}
   * @throws JourneyException if there is none, it is damaged, the spec is wrong, or the images do
   *     not fit into half of the memory Java may use
   */
  public static Dataset open(String spec) {
    return open(spec, Progress.SILENT);
  }

  /** The same, telling how far the reading of many image files is. */
  public static Dataset open(String spec, Progress progress) {
    DatasetSpec parsed = DatasetSpec.parse(spec);
    Path folder = parsed.folder();
    if (!Files.exists(folder)) {
      throw new JourneyException(
          "There is no folder " + folder.toAbsolutePath() + ": check the path of the data set.");
    }
    if (!Files.isDirectory(folder)) {
      throw new JourneyException(
          folder + " is a file, expected a folder: name the folder it lies in.");
    }
    List<Path> files = children(folder).stream().filter(Files::isRegularFile).toList();
    return parsed.kind().orElseGet(() -> detect(files)) == Kind.IDX
        ? IdxFolder.open(parsed, files)
        : ImageFolder.open(parsed, progress);
  }

  private static Kind detect(List<Path> files) {
    boolean idx = files.stream().anyMatch(f -> IdxFolder.isImages(f.getFileName().toString()));
    return idx ? Kind.IDX : Kind.IMAGES;
  }

  /** What lies in a folder, in order of names. */
  static List<Path> children(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted(
              Comparator.comparing(p -> p.getFileName().toString(), ImageFolder::compareCodePoints))
          .toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw unreadable(folder, e.getCause());
    }
  }

  private static JourneyException unreadable(Path folder, IOException e) {
    return new JourneyException("Cannot read " + folder + ": " + Failures.reason(e) + ".", e);
  }

  /** Channels first, then size, as a spec asks. */
  static Pixels transform(DatasetSpec spec, Pixels image) {
    Pixels coloured = spec.channels().map(image::withChannels).orElse(image);
    return spec.size().map(coloured::withSize).orElse(coloured);
  }
}
