package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file that images are read from again and again. It is opened for each reading, so that a set of
 * many shards holds none open, and must stay as it was when the set was opened.
 */
final class SourceFile {
  private final Path path;
  private final long size;
  private final FileTime modified;

  private SourceFile(Path path, BasicFileAttributes attributes) {
    this.path = path;
    this.size = attributes.size();
    this.modified = attributes.lastModifiedTime();
  }

  /**
   * Notes a file as it is now.
   *
   * @throws JourneyException if there is none, or it is a pipe, socket or device
   */
  static SourceFile of(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isOther()) { // opening it could wait for ever
        throw new JourneyException(path + " is a pipe, socket or device, expected a file.");
      }
      return new SourceFile(path, attributes);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  static JourneyException unreadable(Path path, IOException e) {
    return new JourneyException("Cannot read " + path + ": " + Failures.reason(e) + ".", e);
  }

  Path path() {
    return path;
  }

  /** In bytes. */
  long size() {
    return size;
  }

  /** Returns a part of the file. */
  Content slice(long offset, int length) {
    return new Slice(this, offset, length);
  }

  /** Returns the bytes from {@code offset} up to {@code end}, at most those of the file. */
  ByteStream stream(long offset, long end) throws IOException {
    return new ByteStream(open(), offset, Math.min(end, size));
  }

  private FileChannel open() throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    if (now.isOther() || now.size() != size || !now.lastModifiedTime().equals(modified)) {
      throw new JourneyException(
          path + " has changed since the data set was opened: start again when it is complete.");
    }
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  /** Reads exactly so many bytes. */
  static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("it ends too early");
      }
    }
    return buffer.array();
  }

  private record Slice(SourceFile file, long offset, int length) implements Content {
    @Override
    public byte[] read() throws IOException {
      if (offset + length > file.size) {
        throw new EOFException("it ends too early");
      }
      try (FileChannel channel = file.open()) {
        return SourceFile.read(channel, offset, length);
      }
    }
  }
}
