package io.journey.dataset;

import io.journey.dataset.FolderLayout.Found;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A folder of images, flat or with a folder for each class. */
final class ImageFolder {
  private final DatasetSpec spec;
  private final Path root; // without links
  private final List<Found> found = new ArrayList<>();
  private final SortedMap<String, Integer> passedOver = new TreeMap<>();
  private final Map<Path, Path> visited = new HashMap<>(); // folders without links, to their path
  private final Set<Object> files = new HashSet<>();
  private final List<Path> leaving = new ArrayList<>();
  private int links;
  private int repeated;

  private ImageFolder(DatasetSpec spec) throws IOException {
    this.spec = spec;
    this.root = spec.path().toRealPath();
  }

  static Listing list(DatasetSpec spec) {
    return list(spec, true);
  }

  /** Lists all images of a folder and of those below, wherever they lie: folders are no classes. */
  static Listing pictures(Path folder) {
    return list(DatasetSpec.of(folder), false);
  }

  private static Listing list(DatasetSpec spec, boolean byClass) {
    Path folder = spec.path();
    if (!Files.isDirectory(folder)) {
      throw new JourneyException(
          folder + " is a file, expected a folder: name the folder it lies in.");
    }
    try {
      ImageFolder images = new ImageFolder(spec);
      images.list(folder, "");
      images.requireStaying();
      return images.listing(byClass);
    } catch (IOException e) {
      throw SourceFile.unreadable(folder, e);
    }
  }

  private Listing listing(boolean byClass) {
    if (found.isEmpty()) {
      throw new JourneyException(
          spec.path()
              + " holds no images"
              + (passedOver.isEmpty() ? "" : ", only " + DatasetNotes.counted(passedOver))
              + ": expected PNG, JPEG, WebP, BMP or GIF files"
              + (byClass ? ", or IDX files like train-images-idx3-ubyte.gz." : "."));
    }
    Listing listing = new FolderLayout(spec).list(found, false, byClass);
    return listing
        .withNotes(
            listing.notes().withPassedOver(passedOver).withLinks(links).withRepeated(repeated))
        .withCaptions(new FolderCaptions(spec));
  }

  private void list(Path folder, String prefix) throws IOException {
    if (spec.followsLinks()) {
      visit(folder);
    }
    for (Path path : Datasets.children(folder)) {
      Optional<String> name = FileNames.of(path);
      if (name.isEmpty()) {
        addNameless(path, prefix);
      } else if (!ImageNames.isPassedOver(name.get())) {
        add(path, name.get(), prefix + name.get());
      } else if (!name.get().startsWith(".")) {
        passOver(name.get() + "/");
      }
    }
  }

  /** Two ways to one folder would count its images twice, and a way back would never end. */
  private void visit(Path folder) throws IOException {
    Path earlier = visited.putIfAbsent(folder.toRealPath(), folder);
    if (earlier != null) {
      throw new JourneyException(
          folder
              + " and "
              + earlier
              + " are the same folder by a link, so images would count twice: remove the link.");
    }
  }

  /** Notes a file whose name is not UTF-8: an image of such a name has no id, and is refused. */
  private void addNameless(Path path, String prefix) {
    String shown = FileNames.shown(path);
    boolean image = ImageNames.isImage(shown) || ImageNames.isOtherImage(shown);
    if (image || Files.isDirectory(path)) {
      refuse(prefix + shown, path + " has a name (" + shown + ") that is not UTF-8: rename it.");
    } else {
      passOver(ImageNames.ending(shown));
    }
  }

  private void add(Path path, String name, String id) throws IOException {
    boolean link = Files.isSymbolicLink(path);
    if (link && !leadsSomewhere(path, name, id)) {
      return;
    }
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      list(path, id + "/");
    } else if (ImageNames.isOtherImage(name)) {
      refuse(
          id,
          path
              + " is of a format that is not read (PNG, JPEG, WebP, BMP and GIF are): convert it,"
              + " move it away, or start its name with a dot.");
    } else if (!ImageNames.isImage(name)) {
      addForeign(path, name, id, attributes);
    } else if (attributes.isOther()) {
      refuse(id, path + " is a pipe, socket or device, expected a file: move it away.");
    } else {
      found.add(new Found(id, new StoredImage.InFile(SourceFile.of(path))));
      links += link ? 1 : 0;
      boolean known = attributes.fileKey() != null && !files.add(attributes.fileKey());
      repeated += known ? 1 : 0;
    }
  }

  /** A file that is not named like an image must not be one. */
  private void addForeign(Path path, String name, String id, BasicFileAttributes attributes)
      throws IOException {
    Optional<String> picture = Optional.empty();
    if (attributes.isRegularFile() && !ImageNames.isText(name) && Files.isReadable(path)) {
      try (InputStream in = Files.newInputStream(path)) {
        picture = ImageNames.pictureOf(in.readNBytes(ImageNames.MAGIC_LENGTH));
      }
    }
    if (picture.isEmpty()) {
      passOver(ImageNames.ending(name));
      return;
    }
    refuse(
        id,
        path
            + " holds a picture ("
            + picture.get()
            + ") and is not named like one (png, jpg, jpeg, webp, bmp, gif): rename it, move it"
            + " away, or start its name with a dot.");
  }

  private void refuse(String id, String sentence) {
    found.add(new Found(id, new StoredImage.Refused(sentence)));
  }

  private void passOver(String ending) {
    passedOver.merge(ending, 1, Integer::sum);
  }

  /** Whether what a link leads to is read; if not, it has been dealt with. */
  private boolean leadsSomewhere(Path link, String name, String id) {
    Path target;
    try {
      target = link.toRealPath();
    } catch (IOException e) {
      boolean foreign = name.indexOf('.') > 0 && !ImageNames.isImage(name);
      if (foreign && !ImageNames.isOtherImage(name)) {
        passOver(ImageNames.ending(name));
      } else {
        refuse(id, "The link " + link + " leads nowhere (" + Failures.reason(e) + "): remove it.");
      }
      return false;
    }
    if (spec.followsLinks()) {
      return true;
    }
    boolean folder = Files.isDirectory(target);
    if (!target.startsWith(root) && (folder || ImageNames.isImage(name))) {
      leaving.add(link);
      return false;
    }
    if (folder) {
      throw new JourneyException(
          "The link "
              + link
              + " leads to a folder of the same data set, so images would count twice: remove it.");
    }
    return true;
  }

  private void requireStaying() throws IOException {
    if (!leaving.isEmpty()) {
      Path first = leaving.get(0);
      int others = leaving.size() - 1;
      throw new JourneyException(
          "The link "
              + first
              + (others == 0 ? "" : " and " + Counted.of(others, "other links"))
              + " would leave the data set, "
              + (others == 0 ? "to " : "the first to ")
              + first.toRealPath()
              + ": add links=follow to read what "
              + (others == 0
                  ? "it leads to, or copy the file."
                  : "they lead to, or copy the files."));
    }
  }
}
