package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps what can be read only once, front to back, such as the content of a gzip file: a sixteenth
 * of the heap in memory, the rest in a temporary file without a name, which the system removes when
 * the process ends, however it ends.
 */
final class Spill {
  /** So much of the disk is left to others. */
  private static final long LEFT_FREE = 1L << 30;

  private static final long CHECK_EVERY = 64L << 20;

  private final Path source;
  private long memory;
  private FileChannel channel;
  private Path folder;
  private long end;
  private long checked = -CHECK_EVERY;

  /**
   * @param source what is unpacked, for messages
   */
  Spill(Path source) {
    this(source, Runtime.getRuntime().maxMemory() / 16);
  }

  /**
   * @param memory how many bytes stay in memory
   */
  Spill(Path source, long memory) {
    this.source = source;
    this.memory = memory;
  }

  /**
   * Keeps some bytes.
   *
   * @throws JourneyException if the disk is full
   */
  Content keep(byte[] bytes) {
    if (bytes.length <= memory) {
      memory -= bytes.length;
      return () -> bytes;
    }
    try {
      if (channel == null) {
        create();
      }
      if (end - checked >= CHECK_EVERY) {
        checked = end;
        if (Files.getFileStore(folder).getUsableSpace() < LEFT_FREE + CHECK_EVERY) {
          throw new IOException("less than a gigabyte would stay free");
        }
      }
      long offset = end;
      for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
        end += channel.write(rest, end);
      }
      FileChannel written = channel;
      int length = bytes.length; // not the bytes themselves, which would stay in memory
      return () -> SourceFile.read(written, offset, length);
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot unpack "
              + source
              + " into "
              + System.getProperty("java.io.tmpdir")
              + " ("
              + Failures.reason(e)
              + "): unpack it yourself, or name a larger place with"
              + " JOURNEY_JAVA_OPTS=-Djava.io.tmpdir=DIR.",
          e);
    }
  }

  private void create() throws IOException {
    Path file = Files.createTempFile("journey-", ".unpacked");
    folder = file.toAbsolutePath().getParent();
    file.toFile().deleteOnExit(); // for systems that do not let an open file go
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Such a system: it goes on closing.
    }
  }
}
