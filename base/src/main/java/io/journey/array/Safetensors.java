package io.journey.array;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.FileKind;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The safetensors format: eight bytes with the header's length, a JSON header naming type, shape
 * and place of every tensor, then the numbers, little endian, without gaps.
 *
 * <p>A header is believed only after it has been checked: its length, its UTF-8, every shape
 * against its place, no overlap, no gap, nothing behind the end.
 */
public final class Safetensors implements NamedTensors {
  /** Some hundred thousand tensors; as a tree a header takes many times its bytes. */
  private static final long MAX_HEADER = 25_000_000L;

  /** The metadata field of a file's own digest. */
  public static final String DIGEST = "sha256";

  /** Stands in its place while the digest is computed. */
  private static final String NO_DIGEST = "0".repeat(64);

  /**
   * The place of a tensor in the file.
   *
   * @param dtype its number type
   * @param shape its shape
   * @param begin its first byte in the file
   * @param bytes how many bytes it has
   */
  public record Entry(DType dtype, List<Long> shape, long begin, long bytes) {
    /** Returns how many numbers it has. */
    public int numel() {
      return Math.toIntExact(bytes / dtype.bytes());
    }
  }

  private final Path file;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata;

  private Safetensors(Path file, SafetensorsHeader header) {
    this.file = file;
    this.entries = header.entries();
    this.metadata = header.metadata();
  }

  /** Reads and checks the header of a file. */
  public static Safetensors open(Path file) {
    requireNoPipe(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < 8) {
        throw SafetensorsHeader.damaged(file, "it has only " + Counted.of(channel.size(), "bytes"));
      }
      ByteBuffer length = FileBytes.read(channel, 0, 8);
      long headerBytes = length.getLong(0);
      if (headerBytes < 2 || headerBytes > MAX_HEADER || headerBytes > channel.size() - 8) {
        requireKind(file);
        throw SafetensorsHeader.damaged(
            file, "its header claims " + Long.toUnsignedString(headerBytes) + " bytes");
      }
      byte[] text = FileBytes.read(channel, 8, (int) headerBytes).array();
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      } catch (CharacterCodingException e) {
        throw SafetensorsHeader.damaged(file, "its header is not UTF-8");
      }
      ObjectNode header = Json.parse(text, "The header of " + file);
      long dataStart = 8 + headerBytes;
      return new Safetensors(
          file, SafetensorsHeader.check(file, header, dataStart, channel.size()));
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Opening a pipe could wait for ever. */
  private static void requireNoPipe(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new JourneyException(file + " is a pipe, socket or device, expected a file.");
    }
  }

  /** A file of another format says what it is, not what its first bytes would claim. */
  private static void requireKind(Path file) {
    String kind = FileKind.of(file);
    if (kind != null && !kind.equals(FileKind.SAFETENSORS)) {
      throw new JourneyException(
          file + " is " + kind + ", expected a safetensors file: check the path.");
    }
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public List<Path> files() {
    return List.of(file);
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  @Override
  public DType dtype(String name) {
    return entry(name).dtype();
  }

  @Override
  public List<Long> shape(String name) {
    return entry(name).shape();
  }

  /** Free text beside the tensors. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Compares the whole file with the digest that {@link Writer#writeSealedTo} put into its
   * metadata.
   *
   * @param remedy what to do otherwise, such as "sample it again"
   * @throws JourneyException if it has none, or another
   */
  public void requireUnchanged(String remedy) {
    String noted = metadata.get(DIGEST);
    if (noted == null) {
      throw new JourneyException(
          file
              + " has no "
              + DIGEST
              + " of itself, as an earlier version of Journey wrote it, so what it holds cannot be"
              + " checked: "
              + remedy
              + ".");
    }
    MessageDigest digest = Checksums.sha256();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      byte[] length = in.readNBytes(8);
      long header = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
      String text = new String(in.readNBytes((int) header), StandardCharsets.ISO_8859_1);
      digest.update(length);
      digest.update(
          (noted.isEmpty() ? text : text.replace(noted, NO_DIGEST))
              .getBytes(StandardCharsets.ISO_8859_1));
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(noted)) {
      throw new JourneyException(
          file + " is not as it was written, its SHA-256 is another: " + remedy + ".");
    }
  }

  /** Returns where a tensor is; an unknown name is an error that lists the names there are. */
  public Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new JourneyException(
          file
              + " has no tensor \""
              + name
              + "\", only "
              + entries.keySet().stream().limit(8).toList()
              + ".");
    }
    return entry;
  }

  @Override
  public float[] floats(String name) {
    Entry entry = entry(name);
    long numel = entry.bytes() / entry.dtype().bytes();
    return part(name, 0, FileBytes.arrayLength(file, name, numel));
  }

  /** {@code count} numbers of a float tensor from number {@code from} on (C order) as float32. */
  public float[] part(String name, long from, int count) {
    Entry entry = entry(name);
    if (from < 0 || count < 0) {
      throw new IndexOutOfBoundsException("numbers " + from + ".." + (from + count));
    }
    if (from > entry.bytes() / entry.dtype().bytes() - count) {
      throw new JourneyException(
          file
              + " has "
              + entry.bytes() / entry.dtype().bytes()
              + " numbers in "
              + name
              + ", expected "
              + (from + count)
              + " at least: make it again.");
    }
    FileBytes.requireFloats(file, name, entry.dtype());
    long begin = entry.begin() + from * entry.dtype().bytes();
    return FileBytes.floats(file, begin, entry.dtype(), ByteOrder.LITTLE_ENDIAN, count);
  }

  /** Returns a float64 tensor. */
  public double[] doubles(String name) {
    Entry entry = typed(name, DType.F64);
    double[] out = new double[entry.numel()];
    FileBytes.read(file, entry.begin(), Math.toIntExact(entry.bytes())).asDoubleBuffer().get(out);
    return out;
  }

  /** Returns an int64 tensor. */
  public long[] longs(String name) {
    Entry entry = typed(name, DType.I64);
    long[] out = new long[entry.numel()];
    FileBytes.read(file, entry.begin(), Math.toIntExact(entry.bytes())).asLongBuffer().get(out);
    return out;
  }

  private Entry typed(String name, DType dtype) {
    Entry entry = entry(name);
    if (entry.dtype() != dtype) {
      throw new JourneyException(
          file + ": tensor " + name + " is " + entry.dtype() + ", expected " + dtype + ".");
    }
    return entry;
  }

  /** Collects tensors and writes them in the order added. */
  public static final class Writer {
    /** Writes a tensor's numbers when their turn comes, so that memory need not hold them. */
    @FunctionalInterface
    public interface Numbers {
      /** Writes as many little endian numbers as the tensor's shape says. */
      void writeTo(OutputStream out) throws IOException;
    }

    private record Pending(DType dtype, long[] shape, Object values) {}

    private final Map<String, Pending> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** Adds free text. */
    public Writer metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** Adds a float32 tensor. */
    public Writer add(String name, float[] values, long... shape) {
      return add(name, DType.F32, values, shape);
    }

    /** Adds a tensor of a floating-point type, rounded to the nearest, ties to even. */
    public Writer add(String name, DType dtype, float[] values, long... shape) {
      if (!dtype.isFloat()) {
        throw new IllegalArgumentException(name + " cannot be written as " + dtype);
      }
      return add(name, new Pending(dtype, shape, values), values.length);
    }

    /** Adds a float32 tensor whose numbers are written later. */
    public Writer add(String name, Numbers numbers, long... shape) {
      return add(name, DType.F32, numbers, shape);
    }

    /** Adds a tensor whose numbers are written later. */
    public Writer add(String name, DType dtype, Numbers numbers, long... shape) {
      long numel = 1;
      for (long n : shape) {
        numel = Math.multiplyExact(numel, n);
      }
      return add(name, new Pending(dtype, shape, numbers), numel);
    }

    /** Adds an int64 tensor. */
    public Writer add(String name, long[] values, long... shape) {
      return add(name, new Pending(DType.I64, shape, values), values.length);
    }

    private Writer add(String name, Pending tensor, long length) {
      long numel = 1;
      for (long n : tensor.shape()) {
        numel *= n;
      }
      if (numel != length) {
        throw new IllegalArgumentException(
            name + " has " + Counted.of(length, "numbers") + ", its shape " + numel);
      }
      if (name.equals(SafetensorsHeader.METADATA) || tensors.putIfAbsent(name, tensor) != null) {
        throw new IllegalArgumentException("there is already a tensor called " + name);
      }
      return this;
    }

    /**
     * Writes the file with a digest of itself as metadata: the SHA-256 of all its bytes, where
     * those of the digest are the digit 0. The numbers are asked for twice.
     */
    public void writeSealedTo(OutputStream out) throws IOException {
      MessageDigest digest = Checksums.sha256();
      metadata.put(DIGEST, NO_DIGEST);
      writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      metadata.put(DIGEST, HexFormat.of().formatHex(digest.digest()));
      writeTo(out);
    }

    /** Writes the file. */
    public void writeTo(OutputStream out) throws IOException {
      ObjectNode header = Json.object();
      if (!metadata.isEmpty()) {
        ObjectNode node = header.putObject(SafetensorsHeader.METADATA);
        metadata.forEach(node::put);
      }
      long offset = 0;
      for (Map.Entry<String, Pending> entry : tensors.entrySet()) {
        Pending tensor = entry.getValue();
        ObjectNode node = header.putObject(entry.getKey());
        node.put("dtype", tensor.dtype().safetensorsName());
        long bytes = tensor.dtype().bytes();
        var dims = node.putArray("shape");
        for (long n : tensor.shape()) {
          dims.add(n);
          bytes *= n;
        }
        node.putArray("data_offsets").add(offset).add(offset + bytes);
        offset += bytes;
      }
      byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
      int padded = (text.length + 7) / 8 * 8;
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).array());
      out.write(text);
      out.write(" ".repeat(padded - text.length).getBytes(StandardCharsets.UTF_8));
      for (Pending tensor : tensors.values()) {
        writeNumbers(out, tensor);
      }
    }

    private static void writeNumbers(OutputStream out, Pending tensor) throws IOException {
      if (tensor.values() instanceof Numbers numbers) {
        numbers.writeTo(out);
      } else if (tensor.values() instanceof float[] floats) {
        Npy.writeNumbers(out, tensor.dtype(), floats);
      } else {
        long[] longs = (long[]) tensor.values();
        ByteBuffer buffer = ByteBuffer.allocate(8 * longs.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(longs);
        out.write(buffer.array());
      }
    }
  }
}
