package io.journey.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Files that are whole or absent: written under a temporary name in the same folder, forced to the
 * disk, then renamed. What exists under its final name is complete.
 */
public final class AtomicFile {
  /** Ends the name of a file that is not finished. */
  public static final String TEMPORARY = ".tmp";

  /** The temporary files this process is writing. */
  private static final Set<Path> AT_WORK = ConcurrentHashMap.newKeySet();

  private static final ReadWriteLock BEGINNING = new ReentrantReadWriteLock();

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file. If that fails, or {@code content} does, nothing is left under the temporary
   * name, and a file that was there before stays as it was.
   *
   * @return the SHA-256 of its content in hexadecimal
   * @throws JourneyException if it cannot be written, or another run is writing it
   */
  public static String write(Path file, Content content) {
    Path absolute = file.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + TEMPORARY);
    try {
      Files.createDirectories(absolute.getParent());
      try (FileChannel channel = begin(temporary, file)) {
        try {
          String sha256 = fill(channel, content);
          // Renamed while locked: nobody else can have begun on the same temporary file.
          Files.move(
              temporary,
              absolute,
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
          forceFolder(absolute.getParent());
          return sha256;
        } catch (IOException | RuntimeException | Error e) {
          remove(temporary, e);
          throw e;
        } finally {
          AT_WORK.remove(temporary);
        }
      }
    } catch (IOException e) {
      throw new JourneyException("Cannot write " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Opens the temporary file, unless the process is about to end: then nobody begins another. */
  private static FileChannel begin(Path temporary, Path file) throws IOException {
    BEGINNING.readLock().lock();
    try {
      FileChannel channel = claim(temporary, file);
      AT_WORK.add(temporary);
      return channel;
    } finally {
      BEGINNING.readLock().unlock();
    }
  }

  /** Opens and locks the temporary file, emptied. */
  private static FileChannel claim(Path temporary, Path file) throws IOException {
    while (true) {
      requireOwnFile(temporary);
      FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      try {
        if (!isLocked(channel)) {
          throw new JourneyException(
              file + " is being written by another run: wait for it, or name another file.");
        }
        if (Files.exists(temporary)) {
          channel.truncate(0);
          return channel;
        }
        // The run that had it has just finished and renamed it: begin anew.
        channel.close();
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }
  }

  /** Refuses a link or a pipe of this name: what it led to would be emptied and written. */
  private static void requireOwnFile(Path temporary) {
    if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(temporary, LinkOption.NOFOLLOW_LINKS)) {
      throw new JourneyException(
          temporary
              + " is "
              + (Files.isSymbolicLink(temporary) ? "a link" : "no regular file")
              + ", expected nothing or a file that a run left: delete it.");
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /**
   * Deletes what is being written, for a process that is about to end. Threads that would begin
   * another file wait from now on, until the process is gone.
   */
  public static void abandonUnfinished() {
    BEGINNING.writeLock().lock();
    for (Path temporary : AT_WORK) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // Left as a kill would leave it, which the next run mends.
      }
    }
  }

  private static String fill(FileChannel channel, Content content) throws IOException {
    MessageDigest digest = Checksums.sha256();
    OutputStream out =
        new BufferedOutputStream(
            new DigestOutputStream(Channels.newOutputStream(channel), digest), 1 << 16);
    content.writeTo(out);
    out.flush();
    channel.force(true);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Makes the renaming durable where a folder can be opened (not on Windows). */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file itself is on the disk; the system will write the folder in its own time.
    }
  }

  private static void remove(Path temporary, Throwable failure) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Deletes a file, and the temporary one that a kill during a write of it has left.
   *
   * @throws JourneyException if it is there and cannot be deleted
   */
  public static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + TEMPORARY));
    } catch (IOException e) {
      throw new JourneyException("Cannot delete " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Writes a file of these bytes. */
  public static String write(Path file, byte[] bytes) {
    return write(file, out -> out.write(bytes));
  }
}
