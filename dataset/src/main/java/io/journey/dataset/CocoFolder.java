package io.journey.dataset;

import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * MS COCO in its official layout: {@code train2017/} or {@code images/train2017/} beside {@code
 * annotations/captions_train2017.json}. The images are those of the folders, with the ids they have
 * as an image folder; the annotations add captions, and columns: what they say of an image, such as
 * its {@code license}, by name.
 */
final class CocoFolder implements CaptionSource {
  private static final String ANNOTATIONS = "annotations";
  private static final String PREFIX = "captions_";
  private static final String ENDING = ".json";
  private static final String LICENSE = "license";

  private final CaptionFiles files;
  private final int all;

  private CocoFolder(DatasetSpec spec, int all) {
    this.files = new CaptionFiles(spec);
    this.all = all;
  }

  /** Returns whether a folder has annotations of captions. */
  static boolean isCoco(Path folder) {
    Path annotations = folder.resolve(ANNOTATIONS);
    return Files.isDirectory(annotations)
        && Datasets.children(annotations).stream()
            .map(f -> f.getFileName().toString())
            .anyMatch(n -> n.startsWith(PREFIX) && n.endsWith(ENDING));
  }

  static Listing list(DatasetSpec spec) {
    Path folder = spec.path();
    if (Files.isDirectory(folder) && !isCoco(folder)) {
      throw new JourneyException(
          folder
              + " has no annotations/captions_*.json, as MS COCO has: name the folder that holds"
              + " annotations and the folders of images, train2017 or images/train2017.");
    }
    Listing images = ImageFolder.list(spec);
    return images
        .withNotes(images.notes().withNoClasses(Optional.empty()))
        .withCaptions(new CocoFolder(spec, images.examples().size()));
  }

  @Override
  public void read(List<StoredExample> examples, CaptionCollector captions) {
    Map<String, Map<String, Integer>> folders = new LinkedHashMap<>(); // of names, to their indices
    for (int i = 0; i < examples.size(); i++) {
      String id = examples.get(i).id();
      int slash = id.lastIndexOf('/');
      folders
          .computeIfAbsent(id.substring(0, Math.max(0, slash)), f -> new HashMap<>())
          .put(id.substring(slash + 1), i);
    }
    Map<String, Path> tables = new HashMap<>();
    for (Path file : Datasets.children(files.root().resolve(ANNOTATIONS))) {
      tables.put(FileNames.shown(file), file);
    }
    folders.forEach(
        (folder, names) -> {
          String split = folder.substring(folder.lastIndexOf('/') + 1);
          Path file = tables.get(PREFIX + split + ENDING);
          if (file != null && CaptionFiles.isThere(file)) {
            boolean whole = examples.size() == all;
            new Part(file, split, names, whole).read(captions);
          } else {
            captions.remark("there is no annotations/" + PREFIX + split + ENDING);
          }
        });
  }

  /** The annotations of one folder of images. */
  private final class Part {
    private static final int NO_FILE = -1;
    private static final int BYTES_EACH = 200;

    private final Path file;
    private final String split;
    private final Map<String, Integer> names;
    private final boolean whole;
    private final CocoAnnotations annotations;
    private final Map<String, Integer> images = new HashMap<>(); // by COCO's id
    private final Set<String> unlisted = new HashSet<>();
    private long missing;
    private long lost;

    Part(Path file, String split, Map<String, Integer> names, boolean whole) {
      this.file = file;
      this.split = split;
      this.names = names;
      this.whole = whole;
      this.annotations = new CocoAnnotations(files.open(file));
    }

    void read(CaptionCollector captions) {
      if (captions.isAnyColumn()) {
        readColumn(captions.column().orElseThrow(), captions);
      } else {
        readCaptions(captions);
      }
    }

    private void readColumn(String column, CaptionCollector captions) {
      Map<String, String> licenses = new HashMap<>();
      if (column.equals(LICENSE)) {
        annotations.forEach("licenses", "id", "name", licenses::put);
      }
      annotations.forEachWith(
          "images",
          "file_name",
          column,
          (given, text) -> {
            Integer index = names.get(nameOf(given));
            if (index != null) {
              captions.add(index, licenses.getOrDefault(text, text), file.toString());
            }
          });
    }

    private void readCaptions(CaptionCollector captions) {
      unlisted.addAll(names.keySet());
      annotations.forEach("images", "id", "file_name", this::addImage);
      if (whole && missing == images.size()) {
        throw new JourneyException(
            file
                + " lists "
                + Counted.of(images.size(), "images")
                + ", and none of them is among those of "
                + split
                + ", such as "
                + names.keySet().iterator().next()
                + ": name the folder of the same release.");
      }
      annotations.forEach(
          "annotations", "image_id", "caption", (id, text) -> add(id, text, captions));
      String name = ANNOTATIONS + "/" + file.getFileName();
      if (whole) {
        captions.remark(name + " lists", missing, "images", "without a file here");
        captions.remark(name + " does not list", unlisted.size(), "files", "of the folder");
      }
      captions.remark(name + " has", lost, "captions", "of images that it does not list");
    }

    private void addImage(String id, String given) {
      String name = nameOf(given);
      unlisted.remove(name);
      Integer index = names.getOrDefault(name, NO_FILE);
      if (images.put(id, index) != null) {
        throw new JourneyException(
            file + " lists the image " + id + " a second time: it may be damaged, copy it again.");
      }
      missing += index == NO_FILE ? 1 : 0;
      if ((long) images.size() * BYTES_EACH > Runtime.getRuntime().maxMemory() / 4) {
        throw new JourneyException(
            file + " lists more images than fit into a quarter of the memory Java may use.");
      }
    }

    private String nameOf(String given) {
      String path = CaptionFiles.confined(given, file);
      return path.startsWith(split + "/") ? path.substring(split.length() + 1) : path;
    }

    private void add(String id, String text, CaptionCollector captions) {
      Integer index = images.get(id);
      if (index == null) {
        lost++;
      } else if (index != NO_FILE) {
        captions.add(index, text, file.toString());
      }
    }
  }
}
