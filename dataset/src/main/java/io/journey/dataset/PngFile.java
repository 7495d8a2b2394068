package io.journey.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG. Those that make its samples are checked and kept; all others (profiles,
 * gamma, texts) are left out, so that they neither change nor condemn a picture.
 */
final class PngFile {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Bytes up to the end of its first chunk's sizes. */
  static final int HEADER = 24;

  private static final Set<String> KEPT = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
  private static final byte[] XMP_PREFIX =
      "XML:com.adobe.xmp\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private final ByteArrayOutputStream samples = new ByteArrayOutputStream();
  private final Orientation orientation = new Orientation();
  private boolean animated;

  /**
   * Walks through all chunks.
   *
   * @throws IOException if one that counts is damaged, or the end is missing
   */
  PngFile(byte[] file) throws IOException {
    samples.writeBytes(SIGNATURE);
    ByteBuffer in = ByteBuffer.wrap(file).position(SIGNATURE.length);
    String type = "";
    while (!type.equals("IEND")) {
      if (in.remaining() < 12) {
        throw new IOException("it ends too early");
      }
      int start = in.position();
      int length = in.getInt();
      type = new String(file, start + 4, 4, StandardCharsets.ISO_8859_1);
      if (length < 0 || length > in.remaining() - 8) {
        throw new IOException("it ends too early");
      }
      in.position(start + 8 + length);
      int crc = in.getInt();
      if (KEPT.contains(type)) {
        if (crc != crc(file, start + 4, 4 + length)) {
          throw new IOException("the checksum of its chunk " + type + " is wrong");
        }
        samples.write(file, start, 12 + length);
      } else if (Character.isUpperCase(type.charAt(0))) {
        throw new IOException("it has no known structure behind byte " + start);
      } else {
        note(type, Arrays.copyOfRange(file, start + 8, start + 8 + length));
      }
    }
  }

  static long width(byte[] file) {
    return ByteBuffer.wrap(file).getInt(16) & 0xFFFFFFFFL;
  }

  static long height(byte[] file) {
    return ByteBuffer.wrap(file).getInt(20) & 0xFFFFFFFFL;
  }

  private void note(String type, byte[] data) {
    if (type.equals("acTL") && data.length >= 4) {
      animated = ByteBuffer.wrap(data).getInt() > 1;
    } else if (type.equals("eXIf")) {
      orientation.exif(data);
    } else if (type.equals("iTXt") && Orientation.startsWith(data, XMP_PREFIX)) {
      orientation.xmp(data);
    }
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** Returns a PNG of the same samples and nothing else. */
  byte[] samples() {
    return samples.toByteArray();
  }

  /** Whether it has more pictures than the first. */
  boolean isAnimated() {
    return animated;
  }

  /** From 1 to 8. */
  int orientation() {
    return orientation.value();
  }
}
