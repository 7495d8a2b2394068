package io.journey.dataset;

import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The captions of an image folder: tables {@code metadata.jsonl} or {@code metadata.csv}, as the
 * {@code datasets} library has them, or files of text that lie beside the images.
 */
final class FolderCaptions implements CaptionSource {
  /** Endings of files beside an image that hold its captions. */
  static final List<String> ENDINGS = List.of("txt", "caption");

  private static final String JSON_LINES = "metadata.jsonl";
  private static final String CSV = "metadata.csv";

  private final CaptionFiles files;

  FolderCaptions(DatasetSpec spec) {
    this.files = new CaptionFiles(spec);
  }

  @Override
  public void read(List<StoredExample> examples, CaptionCollector captions) {
    Map<String, Integer> ids = new HashMap<>();
    SortedMap<String, Path> folders = new TreeMap<>(CodePoints::compare); // by their part of ids
    folders.put("", files.root());
    for (int i = 0; i < examples.size(); i++) {
      StoredExample example = examples.get(i);
      ids.put(example.id(), i);
      if (example.image() instanceof StoredImage.InFile image) {
        addFolders(example.id(), image.file().path(), folders);
      }
    }
    boolean found = false;
    for (Map.Entry<String, Path> folder : folders.entrySet()) {
      found |= readTable(folder.getKey(), folder.getValue(), ids, captions);
    }
    if (!found) {
      readBeside(examples, folders, captions);
    }
  }

  private static void addFolders(String id, Path file, Map<String, Path> folders) {
    Path folder = file.getParent();
    for (int end = id.lastIndexOf('/'); end > 0; end = id.lastIndexOf('/', end - 1)) {
      if (folders.putIfAbsent(id.substring(0, end), folder) != null) {
        return;
      }
      folder = folder.getParent();
    }
  }

  /** Returns whether there is a table with captions. */
  private boolean readTable(
      String folder, Path path, Map<String, Integer> ids, CaptionCollector captions) {
    Path lines = path.resolve(JSON_LINES);
    Path csv = path.resolve(CSV);
    boolean json = CaptionFiles.isThere(lines);
    if (json && CaptionFiles.isThere(csv)) {
      throw new JourneyException(
          path + " holds both " + JSON_LINES + " and " + CSV + ": keep one of them.");
    }
    if (!json && !CaptionFiles.isThere(csv)) {
      return false;
    }
    UnaryOperator<String> below = name -> folder.isEmpty() ? name : folder + "/" + name;
    MetadataTable table = new MetadataTable(files.open(json ? lines : csv), captions);
    long[] missing = {0};
    table.read(
        json,
        (name, texts) -> {
          Integer index = ids.get(below.apply(CaptionFiles.confined(name, table.file())));
          if (index == null) {
            missing[0]++;
          } else {
            texts.forEach(text -> captions.add(index, text, table.file().toString()));
          }
        });
    String name = below.apply(json ? JSON_LINES : CSV);
    captions.remark(name + " has", missing[0], "rows", "of images that are not read");
    if (!table.hasCaptions() && !table.columns().isEmpty()) {
      captions.remark(
          name
              + " has the columns "
              + table.columns().stream().limit(20).collect(Collectors.joining(", "))
              + ": say which holds captions with ?caption=NAME behind the data's name");
    }
    return table.hasCaptions();
  }

  private void readBeside(
      List<StoredExample> examples, Map<String, Path> folders, CaptionCollector captions) {
    List<String> endings = captions.column().map(List::of).orElse(ENDINGS);
    Map<String, Map<String, Path>> texts = new HashMap<>(); // of each folder, by name
    for (int i = 0; i < examples.size(); i++) {
      String id = examples.get(i).id();
      int slash = id.lastIndexOf('/');
      String folder = id.substring(0, Math.max(0, slash));
      if (folders.containsKey(folder)) {
        Map<String, Path> here = texts.computeIfAbsent(folder, f -> named(folders.get(f), endings));
        String stem = id.substring(slash + 1, Math.max(slash, id.lastIndexOf('.')) + 1);
        readBeside(i, stem, here, endings, captions);
      }
    }
  }

  /** The files with these endings, by name; a name that is not ASCII makes no path everywhere. */
  private static Map<String, Path> named(Path folder, List<String> endings) {
    Map<String, Path> found = new HashMap<>();
    for (Path file : Datasets.children(folder)) {
      FileNames.of(file)
          .filter(name -> endings.stream().anyMatch(ending -> name.endsWith("." + ending)))
          .ifPresent(name -> found.put(name, file));
    }
    return found;
  }

  private void readBeside(
      int example,
      String stem,
      Map<String, Path> texts,
      List<String> endings,
      CaptionCollector captions) {
    List<Path> beside =
        endings.stream()
            .map(ending -> texts.get(stem + ending))
            .filter(file -> file != null && CaptionFiles.isThere(file))
            .toList();
    if (beside.size() > 1) {
      throw new JourneyException(
          beside.get(0).getParent()
              + " has captions of one image in both "
              + FileNames.shown(beside.get(0))
              + " and "
              + FileNames.shown(beside.get(1))
              + ": say which with caption="
              + endings.get(0)
              + " or caption="
              + endings.get(1)
              + ".");
    }
    for (Path file : beside) {
      captions.addLines(example, files.text(file), file.toString());
    }
  }
}
