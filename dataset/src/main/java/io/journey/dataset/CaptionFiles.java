package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The files of captions in a folder of images: none of them leads out of it. */
final class CaptionFiles {
  /** A file with the captions of a single image may have so many bytes. */
  static final int MAX_BYTES = 1 << 20;

  private final DatasetSpec spec;

  CaptionFiles(DatasetSpec spec) {
    this.spec = spec;
  }

  /** Returns the folder of the data set. */
  Path root() {
    return spec.path();
  }

  /** Returns whether there is a file of captions; a link that leads nowhere is one. */
  static boolean isThere(Path file) {
    return Files.isSymbolicLink(file) || (Files.exists(file) && !Files.isDirectory(file));
  }

  /**
   * Opens a file.
   *
   * @throws JourneyException if it is a link that leaves the folder, a pipe or a device
   */
  SourceFile open(Path file) {
    try {
      if (!spec.followsLinks() && !file.toRealPath().startsWith(spec.path().toRealPath())) {
        throw new JourneyException(
            "The captions "
                + file
                + " are a link that would leave the data set, to "
                + file.toRealPath()
                + ": add links=follow to read what it leads to, or copy the file.");
      }
      return SourceFile.of(file);
    } catch (IOException e) {
      throw SourceFile.unreadable(file, e);
    }
  }

  /** Returns the text of a small file. */
  String text(Path file) {
    SourceFile source = open(file);
    if (source.size() > MAX_BYTES) {
      throw tooLarge(file.toString());
    }
    try {
      return FileNames.utf8(source.slice(0, (int) source.size()).read(), file.toString());
    } catch (IOException e) {
      throw SourceFile.unreadable(file, e);
    }
  }

  static JourneyException tooLarge(String name) {
    return new JourneyException(
        name + " has more than a megabyte, too much for captions of one image: shorten it.");
  }

  /**
   * Returns a path that a file gives for an image, with "/".
   *
   * @throws JourneyException if it leads out of the folder
   */
  static String confined(String given, Path file) {
    String path = given.replace('\\', '/');
    while (path.startsWith("./")) {
      path = path.substring(2);
    }
    if (path.startsWith("/")
        || path.matches("(?s)[A-Za-z]:.*")
        || Arrays.asList(path.split("/")).contains("..")) {
      String shown = given.length() <= 200 ? given : given.substring(0, 200) + "…";
      throw new JourneyException(
          file
              + " names an image '"
              + shown
              + "' outside of its folder: write paths below the folder.");
    }
    return path;
  }

  /** Says why a table or list of captions cannot be read. */
  static JourneyException damaged(Path file, String kind, String place, IOException e) {
    String reason =
        e instanceof CharacterCodingException
            ? "is not UTF-8: write it again as UTF-8."
            : e instanceof com.fasterxml.jackson.core.JacksonException
                ? "is no " + kind + place + ": it may be damaged, copy it again."
                : "cannot be read: " + Failures.reason(e) + ".";
    return new JourneyException(file + " " + reason, e);
  }
}
