package io.journey.dataset;

import io.journey.dataset.FolderLayout.Found;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A folder of images, flat or with a folder for each class. */
final class ImageFolder {
  private static final Set<String> NO_IMAGES = Set.of("txt", "json", "jsonl", "md", "csv");
  private static final Set<String> NO_IMAGE_NAMES =
      Set.of("license", "readme", "thumbs.db", "desktop.ini");

  private final Path root;
  private final List<Found> found = new ArrayList<>();

  private ImageFolder(Path root) {
    this.root = root;
  }

  static Listing list(DatasetSpec spec) {
    Path folder = spec.path();
    if (!Files.isDirectory(folder)) {
      throw new JourneyException(
          folder + " is a file, expected a folder: name the folder it lies in.");
    }
    try {
      ImageFolder images = new ImageFolder(folder.toRealPath());
      images.list(folder, "");
      if (images.found.isEmpty()) {
        throw new JourneyException(
            folder
                + " holds no images: expected PNG, JPEG, WebP, BMP or GIF files, or IDX files like"
                + " train-images-idx3-ubyte.gz.");
      }
      return new FolderLayout(spec).list(images.found, false, true);
    } catch (IOException e) {
      throw SourceFile.unreadable(folder, e);
    }
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
      } else if (FolderLayout.isImage(name)) {
        found.add(new Found(id, new StoredImage.InFile(SourceFile.of(path))));
      } else if (!NO_IMAGES.contains(FolderLayout.extension(name))
          && !NO_IMAGE_NAMES.contains(name.toLowerCase(Locale.ROOT))) {
        throw new JourneyException(
            path
                + " is not named like an image (png, jpg, jpeg, webp, bmp, gif): convert it, move it"
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
}
