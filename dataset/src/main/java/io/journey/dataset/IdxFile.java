package io.journey.dataset;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An IDX file of unsigned bytes, gzipped or not, read front to back. What its header claims is
 * believed only as the bytes arrive.
 *
 * <p>Format: the bytes {@code 0 0 8 d}, then d dimensions of four bytes, most significant first,
 * then the values in C order.
 */
final class IdxFile implements AutoCloseable {
  private static final int UNSIGNED_BYTES = 0x0800;
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final InputStream in;
  private final int[] shape;
  private long position;

  private IdxFile(Path file, InputStream in, int[] shape) {
    this.file = file;
    this.in = in;
    this.shape = shape;
    this.position = 4 + 4L * shape.length;
  }

  /**
   * Opens a file and reads its header.
   *
   * @param dimensions how many it must have
   * @throws JourneyException if it cannot be read, or is no such file
   */
  static IdxFile open(Path file, int dimensions) {
    InputStream in = null;
    try {
      in = content(file);
      byte[] header = in.readNBytes(4 + 4 * dimensions);
      int magic = header.length < 4 ? 0 : ByteBuffer.wrap(header).getInt();
      if (header.length >= 4 && magic != UNSIGNED_BYTES + dimensions) {
        throw new JourneyException(
            String.format(
                "%s starts with 0x%08x, expected 0x%08x (IDX, unsigned bytes, %d dimension%s):"
                    + " check that it is the right file.",
                file, magic, UNSIGNED_BYTES + dimensions, dimensions, dimensions == 1 ? "" : "s"));
      }
      if (header.length < 4 + 4 * dimensions) {
        throw new JourneyException(
            file
                + " ends inside its IDX header, after "
                + Counted.of(header.length, "bytes")
                + ": copy it again from its source.");
      }
      int[] shape = new int[dimensions];
      ByteBuffer.wrap(header, 4, 4 * dimensions).asIntBuffer().get(shape);
      return new IdxFile(file, in, shape);
    } catch (IOException e) {
      closeAfter(in, e);
      throw unreadable(file, e);
    } catch (JourneyException e) {
      closeAfter(in, e);
      throw e;
    }
  }

  private static void closeAfter(InputStream in, Exception failure) {
    try {
      if (in != null) {
        in.close();
      }
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }

  private static InputStream content(Path file) throws IOException {
    PushbackInputStream raw =
        new PushbackInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER), 2);
    try {
      byte[] start = raw.readNBytes(2);
      raw.unread(start);
      boolean gzip = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
      return gzip ? new StrictGzip(raw) : raw;
    } catch (IOException e) {
      closeAfter(raw, e);
      throw e;
    }
  }

  /** Returns the number of values along a dimension, as the header claims: 0 .. 2^32 − 1. */
  long dimension(int index) {
    return Integer.toUnsignedLong(shape[index]);
  }

  /**
   * Returns the next values.
   *
   * @param what they are, for the message: "image 17"
   * @throws JourneyException if the file ends before, or is damaged
   */
  byte[] next(int count, String what) {
    byte[] values;
    try {
      values = in.readNBytes(count);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (values.length < count) {
      throw new JourneyException(
          file
              + " ends inside "
              + what
              + ", its header promises "
              + dimension(0)
              + ": copy it again from its source.");
    }
    position += count;
    return values;
  }

  /** Returns where in the content the next value lies. */
  long position() {
    return position;
  }

  /** Returns whether the content lies in a gzip file, where nothing has a place of its own. */
  boolean isCompressed() {
    return in instanceof GZIPInputStream;
  }

  /**
   * Makes sure that nothing follows.
   *
   * @throws JourneyException if something does
   */
  void expectEnd() {
    try {
      if (in.read() >= 0 || (in instanceof StrictGzip gzip && gzip.moreFollows())) {
        throw new JourneyException(
            file
                + " goes on after the "
                + dimension(0)
                + " its header promises: copy it again from its source.");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static JourneyException unreadable(Path file, IOException e) {
    if (e instanceof EOFException || e instanceof ZipException) {
      return new JourneyException(
          file
              + " is a damaged gzip file ("
              + Failures.reason(e)
              + "): copy it again from its source.",
          e);
    }
    return new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Notices bytes behind the last gzip member, which Java's reader passes over in silence. */
  private static final class StrictGzip extends GZIPInputStream {
    private static final int TRAILER = 8;

    StrictGzip(InputStream in) throws IOException {
      super(in, BUFFER);
    }

    boolean moreFollows() throws IOException {
      return inf.getRemaining() > TRAILER || in.read() >= 0;
    }
  }
}
