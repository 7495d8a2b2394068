package io.journey.array;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads parts of a file at their places. */
final class FileBytes {
  /** Numbers decoded at a time, so that a tensor never lies in memory twice. */
  private static final int BLOCK = 1 << 16;

  private FileBytes() {}

  /** Bytes of an open file, little endian, from position 0 of the buffer on. */
  static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("it ends too early");
      }
    }
    return buffer.flip();
  }

  /** Bytes of a file, little endian. */
  static ByteBuffer read(Path file, long position, int bytes) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel, position, bytes);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** {@code count} floating-point numbers that lie side by side from {@code position} on. */
  static float[] floats(Path file, long position, DType dtype, ByteOrder order, int count) {
    float[] out = new float[count];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int done = 0; done < count; done += BLOCK) {
        int block = Math.min(BLOCK, count - done);
        long at = position + (long) done * dtype.bytes();
        ByteBuffer data = read(channel, at, block * dtype.bytes()).order(order);
        for (int i = 0; i < block; i++) {
          out[done + i] = dtype.decode(data, i);
        }
      }
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    return out;
  }

  /** Returns how many numbers an array will hold; more than Java's arrays can is an error. */
  static int arrayLength(Path file, String name, long numel) {
    if (numel > Integer.MAX_VALUE - 8) {
      throw new JourneyException(
          file
              + ": tensor "
              + name
              + " has "
              + Counted.of(numel, "numbers")
              + ", more than Journey can hold.");
    }
    return (int) numel;
  }

  /** Refuses a tensor that does not hold floating-point numbers. */
  static void requireFloats(Path file, String name, DType dtype) {
    if (!dtype.isFloat()) {
      throw new JourneyException(
          file + ": tensor " + name + " is " + dtype + ", expected floating-point numbers.");
    }
  }
}
