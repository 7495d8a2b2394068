package io.journey.array;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's NPY format, version 1.0, C order, little endian, types float16, float32, float64 and
 * int8: a file mapped into memory, read in any order by many threads.
 *
 * <p>Format: the bytes {@code \x93NUMPY 1 0}, the header's length in two bytes, a Python dictionary
 * with {@code descr}, {@code fortran_order} and {@code shape}, padded to a multiple of 64, then the
 * numbers.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGN = 64;
  private static final long SEGMENT = 1L << 30;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']{1,8})',\\s*'fortran_order':\\s*(True|False),"
              + "\\s*'shape':\\s*\\(([0-9, ]*)\\),?\\s*\\}\\s*");

  private final Path file;
  private final DType dtype;
  private final long[] shape;
  private final List<ByteBuffer> segments;

  private Npy(Path file, DType dtype, long[] shape, List<ByteBuffer> segments) {
    this.file = file;
    this.dtype = dtype;
    this.shape = shape;
    this.segments = segments;
  }

  /** Writes the part of an NPY file before the numbers. */
  public static void writeHeader(OutputStream out, DType dtype, long... shape) throws IOException {
    StringBuilder tuple = new StringBuilder();
    for (long n : shape) {
      tuple.append(n).append(", ");
    }
    String dims =
        shape.length == 1 ? shape[0] + "," : tuple.substring(0, Math.max(0, tuple.length() - 2));
    String text =
        "{'descr': '" + dtype.numpyName() + "', 'fortran_order': False, 'shape': (" + dims + "), }";
    int unpadded = MAGIC.length + 2 + text.length() + 1;
    text = text + " ".repeat((ALIGN - unpadded % ALIGN) % ALIGN) + "\n";
    out.write(MAGIC);
    out.write(text.length() & 0xFF);
    out.write(text.length() >>> 8);
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Writes numbers behind a header, as any floating-point type or int8. */
  public static void writeNumbers(OutputStream out, DType dtype, float[] values)
      throws IOException {
    int block = 1 << 14;
    ByteBuffer buffer = ByteBuffer.allocate(block * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int start = 0; start < values.length; start += block) {
      int end = Math.min(values.length, start + block);
      buffer.clear();
      for (int i = start; i < end; i++) {
        dtype.encode(buffer, values[i]);
      }
      out.write(buffer.array(), 0, buffer.position());
    }
  }

  /** Writes float64 numbers behind a header of {@link DType#F64}. */
  public static void writeNumbers(OutputStream out, double[] values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asDoubleBuffer().put(values);
    out.write(buffer.array());
  }

  /** Writes a whole float32 array. */
  public static void write(OutputStream out, float[] values, long... shape) throws IOException {
    writeHeader(out, DType.F32, shape);
    writeNumbers(out, DType.F32, values);
  }

  /**
   * Maps a file.
   *
   * @throws JourneyException if it is not NPY of a supported type, or shorter or longer than its
   *     header says
   */
  public static Npy map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
      readFully(channel, start, file);
      if (!Arrays.equals(Arrays.copyOf(start.array(), 8), MAGIC)) {
        throw new JourneyException(file + " is not an NPY file of version 1.0: check the path.");
      }
      ByteBuffer text = ByteBuffer.allocate(Short.toUnsignedInt(start.getShort(8)));
      readFully(channel, text, file);
      Matcher header = HEADER.matcher(new String(text.array(), StandardCharsets.ISO_8859_1));
      if (!header.matches()) {
        throw new JourneyException(
            file + " has an NPY header Journey cannot read: it is not Journey's.");
      }
      if (header.group(2).equals("True")) {
        throw new JourneyException(file + " is in Fortran order: save it in C order.");
      }
      DType dtype = dtype(header.group(1), file);
      long[] shape = shape(header.group(3), file);
      long offset = channel.position();
      long bytes = dtype.bytes();
      for (long n : shape) {
        bytes = Math.multiplyExact(bytes, n);
      }
      if (channel.size() - offset != bytes) {
        throw new JourneyException(
            file
                + " holds "
                + (channel.size() - offset)
                + " bytes of numbers, its header says "
                + bytes
                + ": it is damaged, make it again.");
      }
      return new Npy(file, dtype, shape, segments(channel, offset, bytes));
    } catch (ArithmeticException e) {
      throw new JourneyException(file + " has a shape too large for any file: it is damaged.", e);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static List<ByteBuffer> segments(FileChannel channel, long offset, long bytes)
      throws IOException {
    List<ByteBuffer> segments = new ArrayList<>();
    for (long at = 0; at < bytes; at += SEGMENT) {
      MappedByteBuffer map =
          channel.map(FileChannel.MapMode.READ_ONLY, offset + at, Math.min(SEGMENT, bytes - at));
      segments.add(map.order(ByteOrder.LITTLE_ENDIAN));
    }
    return segments;
  }

  private static void readFully(FileChannel channel, ByteBuffer into, Path file)
      throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        throw new JourneyException(file + " ends inside its NPY header: it is damaged.");
      }
    }
  }

  private static DType dtype(String name, Path file) {
    for (DType dtype : DType.values()) {
      if (name.equals(dtype.numpyName())) {
        return dtype;
      }
    }
    throw new JourneyException(
        file + " holds numbers of type " + name + ", expected <f2, <f4, <f8, <i8 or |i1.");
  }

  private static long[] shape(String text, Path file) {
    try {
      return Arrays.stream(text.split(","))
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .mapToLong(Long::parseLong)
          .toArray();
    } catch (NumberFormatException e) {
      throw new JourneyException(
          file + " has a shape that is no list of numbers: " + text + ".", e);
    }
  }

  /** Returns the type of its numbers. */
  public DType dtype() {
    return dtype;
  }

  /** Its shape. */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * Returns how many numbers it has, to make an array of them.
   *
   * @throws JourneyException if they are more than an array can hold
   */
  public int count() {
    long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return FileBytes.arrayLength(file, "of its numbers", count);
  }

  /** Takes numbers {@code done} and following of those wanted from a slice of the file. */
  private interface Copy {
    void from(ByteBuffer slice, int done, int count);
  }

  /**
   * Copies numbers out.
   *
   * @param from the first, counted in C order
   * @param out receives {@code count} numbers from {@code offset} on
   * @throws JourneyException if the file has fewer, or none of a floating-point type
   */
  public void read(long from, float[] out, int offset, int count) {
    read(from, count, (slice, done, n) -> copy(slice, out, offset + done, n));
  }

  /**
   * Copies float64 numbers out.
   *
   * @param from the first, counted in C order
   * @param out receives its first {@code count} numbers
   */
  public void read(long from, double[] out, int count) {
    if (dtype != DType.F64) {
      throw mistyped("float64");
    }
    read(from, count, (slice, done, n) -> slice.asDoubleBuffer().get(out, done, n));
  }

  /**
   * Returns numbers as they lie in the mapped file.
   *
   * @param from the first, counted in C order
   * @return a view that ends with them; null where they are in two parts of a large file
   * @throws IndexOutOfBoundsException if the file has fewer
   */
  public ByteBuffer bytes(long from, long count) {
    long first = from * dtype.bytes();
    long bytes = count * dtype.bytes();
    ByteBuffer segment = segments.get((int) (first / SEGMENT));
    int start = (int) (first % SEGMENT);
    return start + bytes > SEGMENT
        ? null
        : segment.slice(start, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void read(long from, int count, Copy copy) {
    long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    if (from < 0 || count < 0) {
      throw new IndexOutOfBoundsException("numbers " + from + ".." + (from + count));
    }
    if (from > size - count) {
      throw new JourneyException(
          file
              + " has "
              + Counted.of(size, "numbers")
              + ", expected "
              + (from + count)
              + " at least: it is damaged, make it again.");
    }
    int bytes = dtype.bytes();
    for (int done = 0; done < count; ) {
      long at = (from + done) * bytes;
      ByteBuffer segment = segments.get((int) (at / SEGMENT));
      int start = (int) (at % SEGMENT);
      int n = Math.min(count - done, (segment.limit() - start) / bytes);
      copy.from(segment.slice(start, n * bytes).order(ByteOrder.LITTLE_ENDIAN), done, n);
      done += n;
    }
  }

  private JourneyException mistyped(String expected) {
    return new JourneyException(
        file + " holds numbers of type " + dtype + ", expected " + expected + ": make it again.");
  }

  private void copy(ByteBuffer from, float[] out, int offset, int count) {
    switch (dtype) {
      case F32 -> from.asFloatBuffer().get(out, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[offset + i] = Float16.toFloat(from.getShort(2 * i));
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          out[offset + i] = (float) from.getDouble(8 * i);
        }
      }
      case I8 -> {
        byte[] bytes = new byte[count]; // Bytes of a buffer outside the heap are slow one by one.
        from.get(0, bytes);
        for (int i = 0; i < count; i++) {
          out[offset + i] = bytes[i];
        }
      }
      default -> throw mistyped("floating-point numbers");
    }
  }
}
