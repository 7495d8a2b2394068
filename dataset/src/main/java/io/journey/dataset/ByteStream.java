package io.journey.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file, front to back, that knows where it is and passes over bytes unread. */
final class ByteStream extends InputStream {
  private static final int BUFFER = 1 << 16;

  private final FileChannel channel;
  private final ByteBuffer buffer;
  private final long end;
  private long next; // in the file, of the first byte behind the buffer

  ByteStream(FileChannel channel, long start, long end) {
    this.channel = channel;
    this.next = start;
    this.end = end;
    int capacity = (int) Math.max(1, Math.min(BUFFER, end - start));
    this.buffer = ByteBuffer.allocate(capacity).limit(0);
  }

  /** Returns where in the file the next byte lies. */
  long position() {
    return next - buffer.remaining();
  }

  /** Goes back to the first byte; only while all that was read is in the buffer. */
  void rewind() {
    next = position() - buffer.position();
    buffer.limit(0);
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, buffer.remaining());
    buffer.get(out, offset, n);
    return n;
  }

  private boolean fill() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    if (next >= end) {
      return false;
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), end - next));
    int n = channel.read(buffer, next);
    buffer.flip();
    next += Math.max(0, n);
    return n > 0;
  }

  @Override
  public long skip(long count) {
    long n = Math.max(0, Math.min(count, end - position()));
    if (n <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) n);
    } else {
      next = position() + n;
      buffer.limit(0);
    }
    return n;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
