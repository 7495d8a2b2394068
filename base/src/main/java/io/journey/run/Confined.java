package io.journey.run;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The one way from a name to a file of a directory of Journey's own. Whatever the name is, and
 * whoever prepared the directory, the file lies inside it: names are relative and go down only, and
 * nothing on the way may be a link. The directory itself is what the user named: it may be one.
 *
 * <p>Names are written with {@code /} on every system, such as {@code member-000/unet/config.json}.
 */
public final class Confined {
  private Confined() {}

  /**
   * Returns where a file of a directory is or will be.
   *
   * @param name parts between slashes, none of them empty, {@code .} or {@code ..}
   * @throws JourneyException if the name leads out of the directory, or through a link
   */
  public static Path path(Path directory, String name) {
    Path inside = relative(directory, name);
    for (int parts = 1; parts <= inside.getNameCount(); parts++) {
      Path at = directory.resolve(inside.subpath(0, parts));
      BasicFileAttributes found = attributes(at);
      if (found == null) {
        break;
      }
      // A folder that is something else is a junction of Windows.
      if (found.isSymbolicLink() || parts < inside.getNameCount() && found.isOther()) {
        throw new JourneyException(
            at
                + " is a link, expected a file of "
                + directory
                + " itself: put a copy in its place.");
      }
    }
    return directory.resolve(inside);
  }

  /**
   * Returns a file of a directory, to be read.
   *
   * @throws JourneyException if it is not there, is no regular file, or is not in the directory
   */
  public static Path file(Path directory, String name) {
    Path path = path(directory, name);
    BasicFileAttributes found = attributes(path);
    if (found == null) {
      IOException missing = new NoSuchFileException(path.toString());
      throw new JourneyException(
          "Cannot read " + path + ": " + Failures.reason(missing) + ".", missing);
    }
    if (!found.isRegularFile()) {
      throw new JourneyException(
          path
              + " is "
              + (found.isDirectory() ? "a directory" : "no regular file")
              + ", expected a file: make "
              + directory
              + " again.");
    }
    return path;
  }

  /** Returns whether a regular file of this name is in the directory; a link is an error. */
  public static boolean exists(Path directory, String name) {
    BasicFileAttributes found = attributes(path(directory, name));
    return found != null && found.isRegularFile();
  }

  /**
   * Returns the content of a file of a directory.
   *
   * @param most bytes it may have
   * @throws JourneyException if it has more, or as {@link #file} says
   */
  public static byte[] bytes(Path directory, String name, long most) {
    return bytes(file(directory, name), most);
  }

  private static byte[] bytes(Path file, long most) {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, most + 1));
      if (bytes.length > most) {
        throw new JourneyException(
            file + " has more than " + most + " bytes, more than Journey writes: it is damaged.");
      }
      return bytes;
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /**
   * Returns the content of a regular file beside another, called as that is but for its end. It is
   * found whatever letters the system's locale can say.
   *
   * @param file a file; its name is no user's word
   * @param wholeName whether the ending comes behind the whole name, or in the place of the name's
   *     last dot and what follows it
   * @param ending such as {@code .json}
   * @param most bytes it may have
   * @return nothing where there is no such file
   * @throws JourneyException if it is a link, or has more bytes
   */
  public static Optional<byte[]> beside(Path file, boolean wholeName, String ending, long most) {
    String uri = file.toUri().toString();
    int dot = uri.lastIndexOf('.');
    boolean cut = !wholeName && dot > uri.lastIndexOf('/') + 1;
    Path path = Path.of(URI.create((cut ? uri.substring(0, dot) : uri) + ending));
    BasicFileAttributes found = attributes(path);
    if (found != null && found.isSymbolicLink()) {
      throw new JourneyException(path + " is a link, expected a file: put a copy in its place.");
    }
    return found != null && found.isRegularFile()
        ? Optional.of(bytes(path, most))
        : Optional.empty();
  }

  /**
   * Refuses a name that leads elsewhere, without a look at the disk.
   *
   * @param where the file it stands in, for the message
   */
  static void requireName(Path directory, String name, Path where) {
    try {
      relative(directory, name);
    } catch (JourneyException e) {
      throw new JourneyException(where + " is not Journey's or damaged: " + e.getMessage(), e);
    }
  }

  /** On Windows a backslash parts names, and a colon names a drive or a stream. */
  private static Path relative(Path directory, String name) {
    try {
      Path path = directory.getFileSystem().getPath(name);
      boolean plain = !path.isAbsolute() && path.getRoot() == null && !name.contains("\\");
      int length = path.getNameCount() - 1;
      for (Path part : path) {
        String text = part.toString();
        plain &= !text.isEmpty() && !text.equals(".") && !text.equals("..");
        length += text.length();
      }
      if (plain && length == name.length()) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Told below: no file can have such a name.
    }
    throw new JourneyException(
        "The name \""
            + Failures.quoted(name)
            + "\" leads out of "
            + directory
            + ", expected a file inside it: make the directory again.");
  }

  /** Returns the attributes of what is there, links not followed; null where nothing is. */
  private static BasicFileAttributes attributes(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      if (e instanceof FileSystemException f && "Not a directory".equals(f.getReason())) {
        return null; // A file stands where a folder would.
      }
      throw new JourneyException("Cannot read " + path + ": " + Failures.reason(e) + ".", e);
    }
  }
}
