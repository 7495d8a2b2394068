package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** A folder of images, flat or with a folder for each class. */
final class ImageFolder {
  private static final Set<String> IMAGES = Set.of("png", "jpg", "jpeg", "bmp", "gif");
  private static final Set<String> NO_IMAGES = Set.of("txt", "json", "jsonl", "md", "csv");
  private static final Set<String> NO_IMAGE_NAMES =
      Set.of("license", "readme", "thumbs.db", "desktop.ini");

  private final DatasetSpec spec;
  private final Path root;
  private final Progress progress;
  private final List<Entry> entries = new ArrayList<>();

  /** An image file; {@code folder} is the class, "" where it lies in the root. */
  private record Entry(String id, String folder, Path file) {}

  private record Failure(int index, JourneyException exception) {}

  private ImageFolder(DatasetSpec spec, Progress progress) throws IOException {
    this.spec = spec;
    this.progress = progress;
    this.root = spec.folder().toRealPath();
  }

  /** Whether a file name is that of an image. */
  static boolean isImage(String name) {
    return IMAGES.contains(extension(name));
  }

  static Dataset open(DatasetSpec spec, Progress progress) {
    if (spec.split().isPresent()) {
      throw new JourneyException(
          "Data set "
              + spec.text()
              + " is a folder of images, which has no splits: leave out split= and name the folder"
              + " of that part.");
    }
    try {
      ImageFolder folder = new ImageFolder(spec, progress);
      folder.list(spec.folder(), "");
      folder.entries.sort(Comparator.comparing(Entry::id, ImageFolder::compareCodePoints));
      return folder.load();
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot read " + spec.folder() + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Plain code-point order, which {@link String#compareTo} is not beyond U+FFFF. */
  static int compareCodePoints(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    boolean inPair = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
    int start = inPair ? i - 1 : i;
    return Integer.compare(a.codePointAt(start), b.codePointAt(start));
  }

  private void list(Path folder, String prefix) {
    for (Path path : Datasets.children(folder)) {
      String name = path.getFileName().toString();
      if (name.startsWith(".")) {
        continue;
      }
      String id = prefix + name;
      if (Files.isSymbolicLink(path)) {
        checkLink(path);
      }
      if (Files.isDirectory(path)) {
        list(path, id + "/");
      } else if (isImage(name)) {
        int slash = id.indexOf('/');
        entries.add(new Entry(id, slash < 0 ? "" : id.substring(0, slash), path));
      } else if (!NO_IMAGES.contains(extension(name))
          && !NO_IMAGE_NAMES.contains(name.toLowerCase(Locale.ROOT))) {
        throw new JourneyException(
            path
                + " is not named like an image (png, jpg, jpeg, bmp, gif): convert it, move it"
                + " away, or start its name with a dot.");
      }
    }
  }

  private void checkLink(Path link) {
    Path target;
    try {
      target = link.toRealPath();
    } catch (IOException e) {
      throw new JourneyException(
          "The link " + link + " leads nowhere (" + Failures.reason(e) + "): remove it.", e);
    }
    if (!target.startsWith(root)) {
      throw new JourneyException(
          "The link " + link + " leaves the data set, to " + target + ": copy the file instead.");
    }
    if (Files.isDirectory(target)) {
      throw new JourneyException(
          "The link "
              + link
              + " leads to a folder of the same data set, so images would count twice: remove it.");
    }
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private Dataset load() {
    List<String> names = classNames();
    Set<Integer> wanted = MemoryDataset.wantedLabels(spec, names);
    List<Entry> chosen =
        entries.stream()
            .filter(e -> wanted == null || wanted.contains(names.indexOf(e.folder())))
            .limit(spec.limit())
            .toList();
    List<Pixels> pixels;
    try (Progress.Task task = progress.start("Reading images", chosen.size(), "images")) {
      pixels = decodeAll(chosen, task);
    }
    int channels = pixels.stream().mapToInt(p -> p.shape().channels()).max().orElseThrow();
    MemoryBudget budget = MemoryBudget.halfOfHeap(spec.text());
    List<MemoryDataset.Example> examples = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      Entry entry = chosen.get(i);
      Pixels image = budget.keep(pixels.get(i).withChannels(channels));
      examples.add(new MemoryDataset.Example(entry.id(), names.indexOf(entry.folder()), image));
    }
    return new MemoryDataset(spec.text(), names, examples);
  }

  private List<String> classNames() {
    if (entries.isEmpty()) {
      throw new JourneyException(
          spec.folder()
              + " holds no images: expected PNG, JPEG, BMP or GIF files, or IDX files like"
              + " train-images-idx3-ubyte.gz.");
    }
    List<String> folders =
        entries.stream()
            .map(Entry::folder)
            .distinct()
            .sorted(ImageFolder::compareCodePoints)
            .toList();
    if (folders.size() > 1 && folders.get(0).isEmpty()) {
      throw new JourneyException(
          spec.folder()
              + " holds both images ("
              + entries.stream().filter(e -> e.folder().isEmpty()).findFirst().orElseThrow().id()
              + ") and class folders ("
              + folders.get(1)
              + "): move the images into a class folder.");
    }
    return folders.get(0).isEmpty() ? List.of() : folders;
  }

  /** Decodes in parallel; of several failures the first in order is thrown, on every run. */
  private List<Pixels> decodeAll(List<Entry> chosen, Progress.Task task) {
    MemoryBudget budget = MemoryBudget.halfOfHeap(spec.text());
    Pixels[] decoded = new Pixels[chosen.size()];
    decoded[0] = decode(chosen, 0, null, budget);
    AtomicReference<Failure> failure = new AtomicReference<>();
    Workers workers = new Workers(Runtime.getRuntime().availableProcessors(), () -> {});
    workers.forEach(
        chosen.size() - 1,
        unit -> {
          int i = unit + 1;
          task.advance(1);
          Failure earlier = failure.get();
          if (earlier != null && earlier.index() < i) {
            return;
          }
          try {
            decoded[i] = decode(chosen, i, decoded[0].shape(), budget);
          } catch (JourneyException e) {
            failure.accumulateAndGet(
                new Failure(i, e), (a, b) -> a == null || b.index() < a.index() ? b : a);
          }
        });
    if (failure.get() != null) {
      throw failure.get().exception();
    }
    return List.of(decoded);
  }

  private Pixels decode(List<Entry> chosen, int index, ImageShape first, MemoryBudget budget) {
    Pixels image = Datasets.transform(spec, ImageDecoder.decode(chosen.get(index).file()));
    ImageShape shape = image.shape();
    if (first != null && (shape.height() != first.height() || shape.width() != first.width())) {
      throw new JourneyException(
          String.format(
              "%s holds images of different sizes, %s of %d×%d pixels and %s of %d×%d (height ×"
                  + " width): add ?size=%d to bring all to one size.",
              spec.folder(),
              chosen.get(0).id(),
              first.height(),
              first.width(),
              chosen.get(index).id(),
              shape.height(),
              shape.width(),
              Math.min(
                  Math.min(first.height(), first.width()),
                  Math.min(shape.height(), shape.width()))));
    }
    return budget.keep(image);
  }
}
