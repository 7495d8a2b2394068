import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;

/**
 * Makes {@code data/fashion-mnist}: the first 200 examples of each class of the published training
 * file, kept in its order.
 *
 * <p>Run: {@code java tools/data/SelectFashionMnist.java IN OUT}, where IN holds the published
 * {@code train-images-idx3-ubyte.gz} and {@code train-labels-idx1-ubyte.gz}.
 */
public final class SelectFashionMnist {
  private static final int PER_CLASS = 200;
  private static final int CLASSES = 10;
  private static final int SIDE = 28;
  private static final String IMAGES = "train-images-idx3-ubyte.gz";
  private static final String LABELS = "train-labels-idx1-ubyte.gz";

  private SelectFashionMnist() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("Usage: java SelectFashionMnist.java IN OUT");
      System.exit(2);
    }
    Path in = Path.of(args[0]);
    Path out = Path.of(args[1]);
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    StringBuilder positions = new StringBuilder();
    select(in, pixels, labels, positions);
    Files.createDirectories(out);
    int count = labels.size();
    Files.write(out.resolve(IMAGES), gzip(idx(pixels.toByteArray(), count, SIDE, SIDE)));
    Files.write(out.resolve(LABELS), gzip(idx(labels.toByteArray(), count)));
    Files.writeString(out.resolve("original-index.txt"), positions);
  }

  private static void select(
      Path in, ByteArrayOutputStream pixels, ByteArrayOutputStream labels, StringBuilder positions)
      throws IOException {
    int[] taken = new int[CLASSES];
    try (DataInputStream images = open(in.resolve(IMAGES));
        DataInputStream classes = open(in.resolve(LABELS))) {
      expect(images.readInt(), 0x803);
      expect(classes.readInt(), 0x801);
      int count = images.readInt();
      expect(classes.readInt(), count);
      expect(images.readInt(), SIDE);
      expect(images.readInt(), SIDE);
      for (int i = 0; i < count; i++) {
        byte[] image = images.readNBytes(SIDE * SIDE);
        int label = classes.readUnsignedByte();
        if (taken[label] < PER_CLASS) {
          taken[label]++;
          pixels.write(image);
          labels.write(label);
          positions.append(i).append('\n');
        }
      }
    }
    expect(labels.size(), PER_CLASS * CLASSES);
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16));
  }

  private static void expect(int found, int expected) throws IOException {
    if (found != expected) {
      throw new IOException("found " + found + ", expected " + expected);
    }
  }

  private static byte[] idx(byte[] values, int... shape) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x800 + shape.length);
    for (int n : shape) {
      out.writeInt(n);
    }
    out.write(values);
    return bytes.toByteArray();
  }

  /** A gzip file without a name, a time or a system in its header. */
  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 2, (byte) 255});
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    CRC32 crc = new CRC32();
    crc.update(content);
    out.writeInt(Integer.reverseBytes((int) crc.getValue()));
    out.writeInt(Integer.reverseBytes(content.length));
    return bytes.toByteArray();
  }
}
