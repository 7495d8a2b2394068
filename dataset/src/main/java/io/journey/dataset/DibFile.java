package io.journey.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** A BMP without its first header, as Windows keeps pictures in memory and some write to files. */
final class DibFile {
  private static final int FILE_HEADER = 14;
  private static final int CORE_HEADER = 12;
  private static final int INFO_HEADER = 40;
  private static final int BITFIELDS = 3;
  private static final int MAX_COLOURS = 256;

  /** Sizes of headers, which files begin with, and Pillow knows. */
  private static final Set<Integer> HEADERS =
      Set.of(CORE_HEADER, INFO_HEADER, 52, 56, 64, 108, 124);

  private static final Set<Integer> DEPTHS = Set.of(1, 4, 8, 16, 24, 32);

  private DibFile() {}

  /** Returns whether bytes begin with such a header. */
  static boolean is(byte[] image) {
    if (image.length < INFO_HEADER) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int planes = header.getInt(0) == CORE_HEADER ? 8 : 12;
    return HEADERS.contains(header.getInt(0))
        && header.getShort(planes) == 1
        && DEPTHS.contains((int) header.getShort(planes + 2));
  }

  /** Returns the same picture as a BMP. */
  static byte[] toBmp(byte[] image) {
    ByteBuffer bmp = ByteBuffer.allocate(FILE_HEADER + image.length).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(bmp.capacity()).putInt(0);
    return bmp.putInt(FILE_HEADER + pixelsAt(image)).put(image).array();
  }

  /** Behind the header, masks of colours and the palette. */
  private static int pixelsAt(byte[] image) {
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int size = header.getInt(0);
    boolean core = size == CORE_HEADER;
    int depth = header.getShort(core ? 10 : 14);
    int masks = size == INFO_HEADER && header.getInt(16) == BITFIELDS ? 12 : 0;
    int colours = core ? 0 : header.getInt(32);
    if (depth > 8) {
      colours = 0;
    } else if (colours <= 0 || colours > MAX_COLOURS) {
      colours = 1 << depth;
    }
    return size + masks + colours * (core ? 3 : 4);
  }
}
