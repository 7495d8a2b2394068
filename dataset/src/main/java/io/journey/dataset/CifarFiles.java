package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import io.journey.run.Progress;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The binary and the Python release of CIFAR-10 and CIFAR-100, as a folder, one of its files, or
 * the archive it is published in. A record of the binary one is one byte of label (CIFAR-100:
 * coarse, then fine) and 3072 of pixels; for the other see {@link CifarPickle}. Both give the same
 * set.
 */
final class CifarFiles {
  private static final Pattern BATCH =
      Pattern.compile("(?:data_batch_([1-9])|train|test_batch|test)(?:\\.bin)?");

  /** Of the Python release: the batches, and what has the names of classes. */
  private static final Set<String> NAMES = Set.of("batches.meta", "meta");

  private static final String HUNDRED = "cifar-100-python/";
  private static final ImageShape SHAPE = new ImageShape(3, 32, 32);

  /** So many images a batch of CIFAR-10 has at most, and the ids of the next begin behind them. */
  private static final int BATCH_SIZE = 10_000;

  /** Archives have the folder and the class names before the first batch. */
  private static final int LOOKED_AT = 8;

  /** So many images a file of CIFAR-100 has at most. */
  private static final int MAX_IN_FILE = 50_000;

  private static final int MAX_NAMES_BYTES = 1 << 16;

  private final DatasetSpec spec;
  private final Spill written; // pixels that a pickle holds as a text
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, List<StoredExample>> batches = new TreeMap<>();

  private CifarFiles(DatasetSpec spec) {
    this.spec = spec;
    this.written = new Spill(spec.path());
  }

  /** Returns whether a file name is that of a batch. */
  static boolean isBatch(String name) {
    return BATCH.matcher(name).matches() && !isPlainWord(name);
  }

  /** Returns whether some file names are those of a release. */
  static boolean areBatches(Collection<String> names) {
    return names.stream().anyMatch(CifarFiles::isBatch)
        || (names.contains("meta") && names.stream().anyMatch(CifarFiles::isPlainWord));
  }

  /** The batches of CIFAR-100 for Python are called like many a folder. */
  private static boolean isPlainWord(String name) {
    return name.equals("train") || name.equals("test");
  }

  /** Returns whether a tar file begins with files of CIFAR. */
  static boolean isArchive(Path tarFile) {
    try (TarReader tar = TarReader.open(tarFile, Progress.SILENT)) {
      for (int i = 0; i < LOOKED_AT && tar.next(); i++) {
        if (isBatch(baseName(tar.name())) || tar.name().startsWith(HUNDRED)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw TarReader.damaged(tarFile, e);
    }
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static Listing list(DatasetSpec spec, Progress progress) {
    CifarFiles cifar = new CifarFiles(spec);
    Path path = spec.path();
    if (Files.isDirectory(path)) {
      cifar.readFolder(path, "");
    } else if (TarArchives.isTar(path.getFileName().toString())) {
      cifar.readArchive(path, progress);
    } else {
      cifar.readFolder(path.toAbsolutePath().getParent(), path.getFileName().toString());
    }
    return cifar.listing();
  }

  /** Reads the batches that are asked for, or the one of a name. */
  private void readFolder(Path folder, String only) {
    for (Path file : Datasets.children(folder)) {
      String name = file.getFileName().toString();
      if (!Files.isRegularFile(file)) {
        continue;
      }
      if (isReadable(name) && wants(name) && (only.isEmpty() || name.equals(only))) {
        SourceFile source = SourceFile.of(file);
        try (InputStream in = source.stream(0, source.size())) {
          read(name, in, source.size(), file, (at, bytes) -> source.slice(at, bytes.length));
        } catch (IOException e) {
          throw SourceFile.unreadable(file, e);
        }
      } else if (isText(name)) {
        try (InputStream in = Files.newInputStream(file)) {
          readText(name, in, file);
        } catch (IOException e) {
          throw SourceFile.unreadable(file, e);
        }
      }
    }
  }

  private void readArchive(Path file, Progress progress) {
    try (TarReader tar = TarReader.open(file, progress)) {
      while (tar.next()) {
        String name = baseName(tar.name());
        if (isReadable(name) && wants(name)) {
          read(name, tar.stream(), tar.size(), file, tar::part);
        } else if (isText(name)) {
          readText(name, tar.stream(), file);
        }
      }
    } catch (IOException e) {
      throw TarReader.damaged(file, e);
    }
  }

  private boolean wants(String name) {
    boolean named = spec.path().endsWith(name) && spec.splits().asked().isEmpty();
    return named || spec.splits().wants(split(name));
  }

  private static Split split(String name) {
    return name.startsWith("test") ? Split.TEST : Split.TRAIN;
  }

  private static boolean isReadable(String name) {
    return BATCH.matcher(name).matches();
  }

  private static boolean isText(String name) {
    return name.equals("batches.meta.txt")
        || name.matches("(fine|coarse)_label_names\\.txt")
        || NAMES.contains(name);
  }

  private void readText(String name, InputStream in, Path container) throws IOException {
    String where = where(name, container);
    byte[] text = in.readNBytes(MAX_NAMES_BYTES);
    if (text.length == MAX_NAMES_BYTES) {
      throw new JourneyException(where + " is too long for a list of class names.");
    }
    if (!NAMES.contains(name)) {
      texts.put(name, FileNames.utf8(text, where));
      return;
    }
    CifarPickle names = CifarPickle.read(Path.of(where), text);
    for (String kind : List.of("", "fine_", "coarse_")) {
      String found = names.names(kind + "label_names");
      if (!found.isEmpty()) {
        texts.put(kind.isEmpty() ? "batches.meta.txt" : kind + "label_names.txt", found);
      }
    }
  }

  private static String where(String name, Path container) {
    return container.endsWith(name) ? container.toString() : container + ": " + name;
  }

  /** Reads bytes of a batch again that have just been read. */
  private interface Keeper {
    Content keep(long offset, byte[] bytes) throws IOException;
  }

  private void read(String name, InputStream in, long size, Path container, Keeper keeper)
      throws IOException {
    List<StoredExample> examples =
        isBinary(name)
            ? readBatch(name, in, size, container, keeper)
            : readPickle(name, in, size, container, keeper);
    if (batches.put(name, examples) != null) {
      throw new JourneyException(container + " holds two files " + name + ": take one away.");
    }
  }

  private static boolean isBinary(String name) {
    return name.endsWith(".bin");
  }

  private List<StoredExample> readPickle(
      String name, InputStream in, long size, Path container, Keeper keeper) throws IOException {
    Path where = Path.of(where(name, container));
    long limit = Math.min(CifarPickle.MAX_BYTES, Runtime.getRuntime().maxMemory() / 4);
    if (size > limit) {
      throw new JourneyException(
          String.format(
              "%s has %d bytes, more than the %d MB a pickle may take: it is no batch of CIFAR, or"
                  + " %s.",
              where, size, limit >> 20, Memory.raise()));
    }
    byte[] bytes = in.readNBytes((int) size);
    CifarPickle pickle = CifarPickle.read(where, bytes);
    int count = pickle.count(SHAPE.numel());
    requireFewEnough(count, name, where.toString());
    String kind = isOfHundred(name) ? spec.labels().orElse("fine") + "_labels" : "labels";
    List<Integer> labels = pickle.labels(kind, count);
    List<StoredExample> examples = new ArrayList<>();
    int start = pickle.pixelsAt(SHAPE.numel());
    byte[] pixels = start < 0 ? pickle.pixels(SHAPE.numel()) : bytes;
    for (int i = 0; i < count; i++) {
      int at = Math.max(0, start) + i * SHAPE.numel();
      byte[] image = Arrays.copyOfRange(pixels, at, at + SHAPE.numel());
      Content content = start < 0 ? written.keep(image) : keeper.keep(at, image);
      examples.add(
          example(name, i, checked(labels.get(i), name, i, container), content, container));
    }
    return examples;
  }

  private static void requireFewEnough(long count, String name, String where) {
    if (count < 1 || count > (isOfHundred(name) ? MAX_IN_FILE : BATCH_SIZE)) {
      throw new JourneyException(
          where
              + " holds "
              + Counted.of(count, "images")
              + ", more or less than a batch of CIFAR has: it is no such file.");
    }
  }

  private static StoredExample example(
      String name, int index, int label, Content content, Path container) {
    return new StoredExample(
        String.format(Locale.ROOT, "%s/%05d", split(name), firstIndex(name) + index),
        new Condition.ClassLabel(label),
        new StoredImage.Raw(content, container, SHAPE));
  }

  private List<StoredExample> readBatch(
      String name, InputStream in, long size, Path container, Keeper keeper) throws IOException {
    int labelBytes = isOfHundred(name) ? 2 : 1;
    int record = labelBytes + SHAPE.numel();
    String where = where(name, container);
    if (size == 0 || size % record != 0) {
      throw new JourneyException(
          String.format(
              "%s has %d bytes, expected a multiple of the %d of a record: copy it again from its"
                  + " source.",
              where, size, record));
    }
    long count = size / record;
    requireFewEnough(count, name, where);
    List<StoredExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = label(in.readNBytes(labelBytes), name, i, container);
      byte[] pixels = in.readNBytes(SHAPE.numel());
      if (pixels.length < SHAPE.numel()) {
        throw new EOFException("it ends inside image " + i + " of " + name);
      }
      Content content = keeper.keep((long) i * record + labelBytes, pixels);
      examples.add(example(name, i, label, content, container));
    }
    return examples;
  }

  private int label(byte[] label, String name, int index, Path container) throws IOException {
    boolean hundred = isOfHundred(name);
    boolean coarse = spec.labels().orElse("fine").equals("coarse");
    if (label.length < (hundred ? 2 : 1)) {
      throw new EOFException("it ends inside image " + index + " of " + name);
    }
    return checked(label[hundred && !coarse ? 1 : 0] & 0xFF, name, index, container);
  }

  private int checked(int value, String name, int index, Path container) {
    boolean coarse = spec.labels().orElse("fine").equals("coarse");
    int classes = !isOfHundred(name) ? 10 : coarse ? 20 : 100;
    if (value >= classes) {
      throw new JourneyException(
          String.format(
              "%s gives image %d of %s the label %d, expected 0 to %d: it is damaged or of another"
                  + " kind.",
              container, index, name, value, classes - 1));
    }
    return value;
  }

  private static boolean isOfHundred(String name) {
    return name.matches("(train|test)(\\.bin)?");
  }

  /** Returns the number of a batch's first image within its part of the set. */
  private static int firstIndex(String name) {
    Matcher matcher = BATCH.matcher(name);
    return matcher.matches() && matcher.group(1) != null
        ? (Integer.parseInt(matcher.group(1)) - 1) * BATCH_SIZE
        : 0;
  }

  private Listing listing() {
    if (batches.isEmpty()) {
      throw new JourneyException(
          spec.path()
              + " holds no batches of CIFAR for split="
              + spec.splits().asked().orElse("train")
              + ": expected data_batch_1.bin … test_batch.bin, or train.bin and test.bin, or the"
              + " same without .bin for Python.");
    }
    boolean binary = isBinary(batches.keySet().iterator().next());
    if (batches.keySet().stream().anyMatch(name -> isBinary(name) != binary)) {
      throw new JourneyException(
          spec.path()
              + " holds both the binary and the Python release of CIFAR: keep each in a folder of"
              + " its own.");
    }
    boolean hundred = isOfHundred(batches.keySet().iterator().next());
    if (batches.keySet().stream().anyMatch(name -> isOfHundred(name) != hundred)) {
      throw new JourneyException(
          spec.path() + " holds both CIFAR-10 and CIFAR-100: keep each in a folder of its own.");
    }
    if (!hundred && spec.labels().isPresent()) {
      throw new JourneyException(
          "Data set "
              + spec.text()
              + " is CIFAR-10, which has one kind of labels: leave out labels=.");
    }
    List<StoredExample> examples =
        batches.entrySet().stream()
            .sorted(Comparator.comparing(e -> split(e.getKey())))
            .flatMap(e -> e.getValue().stream())
            .toList();
    return new Listing(classNames(hundred), examples);
  }

  /** Returns the names beside the batches, or numbers. */
  private List<String> classNames(boolean hundred) {
    String kind = spec.labels().orElse("fine");
    String file = hundred ? kind + "_label_names.txt" : "batches.meta.txt";
    int count = !hundred ? 10 : kind.equals("fine") ? 100 : 20;
    if (!texts.containsKey(file)) {
      return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
    List<String> names =
        texts.get(file).lines().map(String::strip).filter(n -> !n.isEmpty()).distinct().toList();
    if (names.size() != count) {
      throw new JourneyException(
          String.format(
              "%s beside the batches of %s has %d different names, expected %d: copy it again from"
                  + " its source.",
              file, spec.path(), names.size(), count));
    }
    return names;
  }
}
