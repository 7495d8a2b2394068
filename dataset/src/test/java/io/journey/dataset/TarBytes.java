package io.journey.dataset;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A tar file written byte by byte, also with what no tool would write. */
final class TarBytes {
  private static final int RECORD = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TarBytes file(String name, byte[] content) {
    return entry(name, '0', "", content.length, content);
  }

  TarBytes file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Any entry.
   *
   * @param type '0' a file, '1' and '2' links, '5' a folder, 'L' a long name, 'x' a pax header
   * @param size as the header shall claim
   */
  TarBytes entry(String name, char type, String link, long size, byte[] content) {
    byte[] header = new byte[RECORD];
    put(header, 0, name);
    put(header, 100, "0000644\0000000000\0000000000\0");
    put(header, 124, String.format("%011o ", size));
    put(header, 136, "00000000000 ");
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[(RECORD - content.length % RECORD) % RECORD]);
    return this;
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  /** What is written so far, without an end. */
  byte[] unfinished() {
    return out.toByteArray();
  }

  byte[] finished() {
    out.writeBytes(new byte[2 * RECORD]);
    return out.toByteArray();
  }
}
