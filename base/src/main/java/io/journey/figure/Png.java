package io.journey.figure;

import com.jcraft.jzlib.Deflater;
import com.jcraft.jzlib.DeflaterOutputStream;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Pictures as PNG, the same bytes on every machine: Java's own writer compresses with whatever zlib
 * the machine has, of which there are several that compress differently.
 */
public final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int BITS = 8;
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int BEST = 9;

  /** How a row is written: as it is, each pixel less the one before it, or less the one above. */
  private static final int FILTERS = 3;

  private Png() {}

  /**
   * Returns a picture in three colours, of one of a single band in grey; nothing of it shines
   * through.
   */
  public static byte[] of(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(SIGNATURE);
      chunk(out, "IHDR", header(image));
      chunk(out, "IDAT", rows(image));
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    CRC32 checksum = new CRC32();
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    checksum.update(name);
    checksum.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) checksum.getValue());
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getType() == BufferedImage.TYPE_BYTE_GRAY;
  }

  private static byte[] header(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(image.getWidth());
    out.writeInt(image.getHeight());
    out.write(new byte[] {BITS, (byte) (isGrey(image) ? GREY : RGB), 0, 0, 0});
    return bytes.toByteArray();
  }

  private static byte[] rows(BufferedImage image) throws IOException {
    int width = image.getWidth();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, new Deflater(BEST))) {
      int bands = isGrey(image) ? 1 : 3;
      int[] pixels = new int[width];
      byte[] above = new byte[bands * width];
      for (int y = 0; y < image.getHeight(); y++) {
        if (bands == 1) {
          image.getRaster().getSamples(0, y, width, 1, 0, pixels);
        } else {
          image.getRGB(0, y, width, 1, pixels, 0, width);
        }
        byte[] row = new byte[bands * width];
        for (int i = 0; i < row.length; i++) {
          row[i] = (byte) (pixels[i / bands] >> 8 * (bands - 1 - i % bands));
        }
        byte[] written = row(row, above, bands);
        out.write(written, 0, written.length);
        above = row;
      }
    }
    return bytes.toByteArray();
  }

  /** The filter and the row, by the filter that leaves the smallest numbers. */
  private static byte[] row(byte[] row, byte[] above, int bands) {
    byte[] best = null;
    long least = Long.MAX_VALUE;
    for (int filter = 0; filter < FILTERS; filter++) {
      byte[] written = new byte[1 + row.length];
      written[0] = (byte) filter;
      long sum = 0;
      for (int i = 0; i < row.length; i++) {
        int before = i < bands ? 0 : row[i - bands];
        int expected = filter == 0 ? 0 : filter == 1 ? before : above[i];
        written[i + 1] = (byte) (row[i] - expected);
        sum += Math.abs(written[i + 1]);
      }
      if (sum < least) {
        least = sum;
        best = written;
      }
    }
    return best;
  }
}
