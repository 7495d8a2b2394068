package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A folder of IDX files as MNIST and Fashion-MNIST are published. */
final class IdxFolder {
  private static final String CLASSES = "classes.txt";
  private static final int DEFAULT_CLASSES = 10;
  private static final long MAX_PIXELS = ImageDecoder.MAX_PIXELS;

  private final DatasetSpec spec;
  private final Split split;

  private static Split split(DatasetSpec spec) {
    return switch (spec.splits().asked().orElse("train")) {
      case "train" -> Split.TRAIN;
      case "test" -> Split.TEST;
      default ->
          throw new JourneyException(
              "Data set "
                  + spec.text()
                  + " is of kind idx, whose parts are read one at a time: use split=train or"
                  + " split=test.");
    };
  }

  private IdxFolder(DatasetSpec spec) {
    this.spec = spec;
    this.split = split(spec);
  }

  /** Returns whether a file name is that of IDX images. */
  static boolean isImages(String name) {
    return Pattern.matches(pattern("(train|t10k|test)", "images", 3), name);
  }

  private static String pattern(String split, String what, int dimensions) {
    return "(.*[-_.])?" + split + "[-_.]" + what + ".*idx" + dimensions + "-ubyte(\\.gz)?";
  }

  static Listing list(DatasetSpec spec) {
    if (!Files.isDirectory(spec.path())) {
      throw new JourneyException(
          spec.path() + " is a file, expected a folder: name the folder it lies in.");
    }
    return new IdxFolder(spec).load();
  }

  private Listing load() {
    List<Path> files =
        Datasets.children(spec.path()).stream().filter(Files::isRegularFile).toList();
    Path images =
        find(files, "images", 3)
            .orElseThrow(
                () ->
                    new JourneyException(
                        spec.path()
                            + " holds no IDX images for split="
                            + split
                            + ": expected a file like "
                            + (split == Split.TRAIN ? "train" : "t10k")
                            + "-images-idx3-ubyte.gz."));
    Optional<Path> labels = find(files, "labels", 1);
    try (IdxFile imageFile = IdxFile.open(images, 3)) {
      checkShape(imageFile, images);
      if (labels.isEmpty()) {
        return read(imageFile, images, null, List.of());
      }
      List<String> names = classNames();
      byte[] classes = readLabels(labels.get(), images, imageFile.dimension(0), names);
      return read(imageFile, images, classes, names);
    }
  }

  /** Returns the file of this split; of a file and its gzipped copy, the plain one. */
  private Optional<Path> find(List<Path> files, String what, int dimensions) {
    String splits = split == Split.TRAIN ? "train" : "(t10k|test)";
    Pattern wanted = Pattern.compile(pattern(splits, what, dimensions));
    Path found = null;
    for (Path file : files) { // sorted, so a plain file comes before its .gz
      String name = file.getFileName().toString();
      if (!wanted.matcher(name).matches()
          || (found != null && name.equals(found.getFileName() + ".gz"))) {
        continue;
      }
      if (found != null) {
        throw new JourneyException(
            spec.path()
                + " holds two files of "
                + what
                + " for split="
                + split
                + ", "
                + found.getFileName()
                + " and "
                + name
                + ": keep each set in a folder of its own.");
      }
      found = file;
    }
    return Optional.ofNullable(found);
  }

  private static void checkShape(IdxFile file, Path path) {
    long height = file.dimension(1);
    long width = file.dimension(2);
    if (file.dimension(0) < 1 || height < 1 || width < 1) {
      throw new JourneyException(
          path
              + " says it holds "
              + Counted.of(file.dimension(0), "images")
              + " of "
              + height
              + "×"
              + width
              + ": at least one pixel is needed.");
    }
    if (height > MAX_PIXELS || width > MAX_PIXELS || height * width > MAX_PIXELS) {
      throw new JourneyException(
          path
              + " says its images have "
              + height
              + "×"
              + width
              + " pixels, more than 64 million: it is damaged or no image file.");
    }
  }

  private byte[] readLabels(Path path, Path images, long count, List<String> names) {
    try (IdxFile file = IdxFile.open(path, 1)) {
      if (file.dimension(0) != count) {
        throw new JourneyException(
            path
                + " says it holds "
                + Counted.of(file.dimension(0), "labels")
                + ", "
                + images.getFileName()
                + " says "
                + Counted.of(count, "images")
                + ": take both from the same source.");
      }
      if (count > Integer.MAX_VALUE) {
        throw new JourneyException(
            path + " says it holds " + Counted.of(count, "labels") + ": it is damaged.");
      }
      byte[] labels = file.next((int) count, "the labels");
      file.expectEnd();
      for (int i = 0; i < labels.length; i++) {
        if ((labels[i] & 0xFF) >= names.size()) {
          throw new JourneyException(
              String.format(
                  "%s gives example %d the label %d, but there are only %s:"
                      + " name every class in %s, one a line.",
                  path,
                  i,
                  labels[i] & 0xFF,
                  Counted.of(names.size(), "names of classes"),
                  path.resolveSibling(CLASSES)));
        }
      }
      return labels;
    }
  }

  private List<String> classNames() {
    Path file = spec.path().resolve(CLASSES);
    if (!Files.exists(file)) {
      return IntStream.range(0, DEFAULT_CLASSES).mapToObj(Integer::toString).toList();
    }
    List<String> names;
    try {
      names = new ArrayList<>(Files.readAllLines(file));
    } catch (CharacterCodingException e) {
      throw new JourneyException(file + " is no UTF-8 text: save it as UTF-8.", e);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    names.replaceAll(String::strip);
    while (!names.isEmpty() && names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isEmpty() || !seen.add(name)) {
        throw new JourneyException(
            String.format(
                "%s has %s in line %d: give every class a name of its own, one a line.",
                file, name.isEmpty() ? "no name" : "'" + name + "' again", i + 1));
      }
    }
    return names;
  }

  /** A gzipped file is unpacked, as it can only be read front to back. */
  private Listing read(IdxFile file, Path path, byte[] labels, List<String> names) {
    ImageShape shape = new ImageShape(1, (int) file.dimension(1), (int) file.dimension(2));
    SourceFile source = SourceFile.of(path);
    Spill unpacked = new Spill(path);
    List<StoredExample> examples = new ArrayList<>();
    for (long i = 0; i < file.dimension(0); i++) {
      long offset = file.position();
      byte[] bytes = file.next(shape.numel(), "image " + i);
      Content content =
          file.isCompressed() ? unpacked.keep(bytes) : source.slice(offset, bytes.length);
      examples.add(
          new StoredExample(
              String.format(Locale.ROOT, "%s/%05d", split, i),
              labels == null ? Condition.NONE : new Condition.ClassLabel(labels[(int) i] & 0xFF),
              new StoredImage.Raw(content, path, shape)));
    }
    file.expectEnd();
    return new Listing(names, examples);
  }
}
