package io.journey.dataset;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The turn that brings a stored picture upright, as a camera noted it: the tag Orientation of EXIF,
 * 1 to 8, or of XMP where EXIF has none. What cannot be read counts as 1, upright.
 */
final class Orientation {
  /** As it is stored. */
  static final int UPRIGHT = 1;

  private static final int TAG = 0x112;
  private static final int NO_TAG = 0;
  private static final int MOST_ENTRIES = 1000;
  private static final Pattern IN_XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([1-8])");
  private static final byte[] EXIF_PREFIX = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private byte[] exif;
  private byte[] xmp;

  /** Takes a block of EXIF, with or without the word "Exif" in front. The first one counts. */
  void exif(byte[] block) {
    exif = exif == null ? block : exif;
  }

  /** Takes a block of XMP. The first one counts. */
  void xmp(byte[] block) {
    xmp = xmp == null ? block : xmp;
  }

  /** From 1 to 8. */
  int value() {
    int found = exif == null ? NO_TAG : inExif(exif);
    if (found == NO_TAG && xmp != null) {
      Matcher match = IN_XMP.matcher(new String(xmp, StandardCharsets.ISO_8859_1));
      found = match.find() ? Integer.parseInt(match.group(1)) : NO_TAG;
    }
    return found >= 1 && found <= 8 ? found : UPRIGHT;
  }

  private static int inExif(byte[] block) {
    int start = startsWith(block, EXIF_PREFIX) ? EXIF_PREFIX.length : 0;
    ByteBuffer tiff = ByteBuffer.wrap(block, start, block.length - start).slice();
    try {
      short order = tiff.getShort();
      if (order != 0x4949 && order != 0x4D4D) {
        return NO_TAG;
      }
      tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      if (tiff.getShort() != 42) {
        return NO_TAG;
      }
      int directory = tiff.getInt();
      if (directory < 0 || directory > tiff.limit()) {
        return NO_TAG;
      }
      tiff.position(directory);
      int entries = Math.min(tiff.getShort() & 0xFFFF, MOST_ENTRIES);
      for (int i = 0; i < entries; i++) {
        int tag = tiff.getShort() & 0xFFFF;
        int type = tiff.getShort();
        int count = tiff.getInt();
        int value = tiff.position();
        tiff.getInt();
        if (tag == TAG) {
          return count == 1 ? number(tiff, value, type) : NO_TAG;
        }
      }
    } catch (BufferUnderflowException e) {
      return NO_TAG; // a damaged note does not condemn a picture
    }
    return NO_TAG;
  }

  private static int number(ByteBuffer tiff, int at, int type) {
    return switch (type) {
      case 1 -> tiff.get(at) & 0xFF;
      case 3 -> tiff.getShort(at) & 0xFFFF;
      case 4 -> tiff.getInt(at);
      default -> NO_TAG;
    };
  }

  static boolean startsWith(byte[] bytes, byte[] prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Turns a picture upright.
   *
   * @param orientation 1 to 8; from 5 on height and width change places
   */
  static Pixels apply(Pixels stored, int orientation) {
    if (orientation == UPRIGHT) {
      return stored;
    }
    boolean transposed = orientation >= 5;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    return stored.turned(transposed, fromRight, fromBottom);
  }
}
