package io.journey.dataset;

import io.journey.dataset.FolderLayout.Found;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Images in tar files: a folder of images packed as it is, or the shards of a WebDataset, where
 * files of one key belong together and the class is in {@code key.cls} or {@code key.json}.
 */
final class TarArchives {
  private final DatasetSpec spec;
  private final List<Found> found = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final SortedMap<String, Integer> passedOver = new TreeMap<>();
  private long entries;
  private final WebDatasetLabels labels = new WebDatasetLabels();
  private final WebDatasetCaptions captions;

  private TarArchives(DatasetSpec spec) {
    this.spec = spec;
    this.captions = new WebDatasetCaptions(spec.captions().column());
  }

  /** Whether a file name is that of an archive that can be read. */
  static boolean isTar(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".tar") || lower.endsWith(".tar.gz") || lower.endsWith(".tgz");
  }

  static Listing list(DatasetSpec spec, Progress progress) {
    Shards shards = Shards.find(spec, TarArchives::isTar, ".tar or .tar.gz");
    TarArchives archives = new TarArchives(spec);
    for (Path file : shards.files()) {
      archives.read(file, progress);
    }
    return archives.listing(shards);
  }

  private void read(Path file, Progress progress) {
    try (TarReader tar = TarReader.open(file, progress)) {
      while (tar.next()) {
        entries++;
        read(tar, file);
      }
    } catch (IOException e) {
      throw TarReader.damaged(file, e);
    }
  }

  private void read(TarReader tar, Path file) throws IOException {
    String name = tar.name();
    String extension = ImageNames.extension(name);
    Optional<String> folder =
        Arrays.stream(name.split("/")).filter(ImageNames::isPassedOver).findFirst();
    if (folder.isPresent()) {
      passOver(folder.get() + "/");
    } else if (ImageNames.isImage(name)) {
      add(name, new StoredImage.Encoded(tar.content(), file, name), file);
    } else if (ImageNames.isOtherImage(name)) {
      refuse(name, "is of a format that is not read: convert it to PNG, JPEG or WebP.", file);
    } else if (extension.equals("cls") || extension.equals("json")) {
      Content text = labels.read(key(name), extension, tar, file);
      captions.add(key(name), extension, text, file + ": " + name);
    } else if (captions.isCaption(key(name), name)) {
      captions.add(key(name), name.substring(key(name).length() + 1), tar, file);
      passOver(ImageNames.ending(name));
    } else {
      readForeign(tar, file);
    }
  }

  /** A file that is not named like an image must not be one. */
  private void readForeign(TarReader tar, Path file) throws IOException {
    String name = tar.name();
    Optional<String> picture =
        ImageNames.isText(name)
            ? Optional.empty()
            : ImageNames.pictureOf(tar.stream().readNBytes(ImageNames.MAGIC_LENGTH));
    if (picture.isPresent()) {
      refuse(name, "is a picture (" + picture.get() + ") and not named like one.", file);
    } else {
      passOver(ImageNames.ending(name));
    }
  }

  private void add(String name, StoredImage image, Path file) {
    if (!ids.add(name)) {
      throw new JourneyException(
          file + " holds " + name + " a second time: every image needs a name of its own.");
    }
    found.add(new Found(name, image));
  }

  private void refuse(String name, String why, Path file) {
    add(name, new StoredImage.Refused(file + ": " + name + " " + why), file);
  }

  private void passOver(String ending) {
    passedOver.merge(ending, 1, Integer::sum);
  }

  /** The name up to the first dot behind its folders: files of one key are one example. */
  private static String key(String name) {
    int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    return dot < 0 ? name : name.substring(0, dot);
  }

  private Listing listing(Shards shards) {
    if (found.isEmpty()) {
      throw new JourneyException(
          spec.path()
              + (entries == 0
                  ? " is an empty archive, it holds no files"
                  : " holds no images, only " + DatasetNotes.counted(passedOver))
              + ": expected PNG, JPEG, WebP, BMP or GIF files in it.");
    }
    boolean labelled = found.stream().anyMatch(f -> labels.labelOf(key(f.id())) != null);
    List<Found> images = spec.column().isPresent() ? ofColumn(spec.column().get()) : found;
    if (labelled) {
      requireOneImageForEachKey(images.stream().filter(Found::isImage).toList());
    }
    Listing byFolder = new FolderLayout(spec).list(images, shards.bySplit(), !labelled);
    return (labelled ? labels.label(byFolder, TarArchives::key) : byFolder)
        .withNotes(byFolder.notes().withPassedOver(passedOver))
        .withCaptions(captions.of(TarArchives::key));
  }

  private List<Found> ofColumn(String column) {
    List<Found> images =
        found.stream().filter(f -> f.id().equals(key(f.id()) + "." + column)).toList();
    if (images.isEmpty()) {
      throw new JourneyException(
          "Data set "
              + spec.text()
              + " has no images with the extension "
              + column
              + ": its first is "
              + found.get(0).id()
              + ".");
    }
    return images;
  }

  private void requireOneImageForEachKey(List<Found> images) {
    Map<String, String> seen = new HashMap<>();
    for (Found image : images) {
      String key = key(image.id());
      String other = seen.putIfAbsent(key, image.id());
      if (other != null) {
        throw new JourneyException(
            "Data set "
                + spec.text()
                + " has two images for the key "
                + key
                + ", "
                + other
                + " and "
                + image.id()
                + ": say which with column="
                + other.substring(key.length() + 1)
                + ".");
      }
    }
  }
}
