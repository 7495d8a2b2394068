package io.journey.explorer;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * What lets a person in: 192 random bits in hexadecimal.
 *
 * @param text 48 digits
 */
public record AccessToken(String text) {
  private static final int BYTES = 24;
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

  public AccessToken {
    if (!text.matches("[0-9a-f]{" + 2 * BYTES + "}")) {
      throw new IllegalArgumentException("a token has " + 2 * BYTES + " hexadecimal digits");
    }
  }

  /** Returns one that nobody has. */
  public static AccessToken random() {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    return new AccessToken(HexFormat.of().formatHex(random));
  }

  /**
   * Returns the token that a file keeps. A file that is not there is written with a random one, for
   * its owner alone.
   *
   * @throws JourneyException if it is no file of a token, or others may read it
   */
  public static AccessToken kept(Path file) {
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return created(file);
      }
      requireOwn(file);
      if (Files.size(file) > 2 * BYTES + 2) {
        throw noToken(file);
      }
      return new AccessToken(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
    } catch (IllegalArgumentException e) {
      throw noToken(file);
    } catch (FileAlreadyExistsException e) {
      throw new JourneyException(file + " was just made by another process: start again.", e);
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot keep a token in " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static JourneyException noToken(Path file) {
    return new JourneyException(
        file + " holds no token of the explorer: name a file that is not there, and it is made.");
  }

  private static AccessToken created(Path file) throws IOException {
    AccessToken token = random();
    FileAttribute<?>[] attributes =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWN)}
            : new FileAttribute<?>[0];
    try (OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                attributes))) {
      out.write((token.text() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    return token;
  }

  private static void requireOwn(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw noToken(file);
    }
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Set<PosixFilePermission> others =
          Files.readAttributes(file, PosixFileAttributes.class).permissions();
      if (!OWN.containsAll(others)) {
        throw new JourneyException(
            file
                + " can be read by others of this machine, which a token must not be: chmod 600 "
                + file
                + ".");
      }
    }
  }
}
