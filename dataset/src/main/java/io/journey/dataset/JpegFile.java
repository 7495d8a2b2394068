package io.journey.dataset;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The segments of a JPEG in front of its samples. Which colours the samples are follows the rules
 * of libjpeg; notes and profiles are left out, so that they neither change nor condemn a picture.
 */
final class JpegFile {
  /** The meaning of the three or four numbers of a pixel. */
  private enum Colours {
    GREY,
    RGB,
    YCC,
    CMYK,
    YCCK
  }

  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] JFIF = "JFIF\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int BASELINE_ADOBE_LENGTH = 12;

  private final byte[] file;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final Orientation orientation = new Orientation();
  private int width;
  private int height;
  private byte[] componentIds = {};
  private boolean jfif;
  private int adobeTransform = -1;
  private int scans;

  /**
   * Walks to the first scan.
   *
   * @throws IOException if there is none, or the number of components is not 1, 3 or 4
   */
  JpegFile(byte[] file) throws IOException {
    this.file = file;
    int at = 2;
    while (true) {
      at = marker(at);
      int code = file[at - 1] & 0xFF;
      if (code == 0x01 || code >= 0xD0 && code <= 0xD8) {
        continue;
      }
      if (code == 0xD9 || at + 2 > file.length) {
        throw new IOException("it ends before its samples");
      }
      int length = (file[at] & 0xFF) << 8 | file[at + 1] & 0xFF;
      if (length < 2 || at + length > file.length) {
        throw new IOException("it ends before its samples");
      }
      segment(code, Arrays.copyOfRange(file, at + 2, at + length));
      if (code == 0xDA) {
        break;
      }
      if (code != 0xFE && (code < 0xE0 || code > 0xEF)) {
        kept.write(0xFF);
        kept.write(file, at - 1, length + 1);
      }
      at += length;
    }
    if (!List.of(1, 3, 4).contains(componentIds.length)) {
      throw new IOException("it has " + componentIds.length + " components");
    }
    scans = scans(at);
    kept.write(0xFF);
    kept.write(file, at - 1, file.length - at + 1);
  }

  /** Returns the place behind the next marker. */
  private int marker(int from) throws IOException {
    int at = from;
    while (at + 1 < file.length) {
      int code = file[at + 1] & 0xFF;
      if (file[at] == (byte) 0xFF && code != 0 && code != 0xFF) {
        return at + 2;
      }
      at++;
    }
    throw new IOException("it ends before its samples");
  }

  private void segment(int code, byte[] data) throws IOException {
    if (code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC) {
      if (data.length < 6 || data.length < 6 + 3 * (data[5] & 0xFF)) {
        throw new IOException("its header is too short");
      }
      height = (data[1] & 0xFF) << 8 | data[2] & 0xFF;
      width = (data[3] & 0xFF) << 8 | data[4] & 0xFF;
      componentIds = new byte[data[5] & 0xFF];
      for (int i = 0; i < componentIds.length; i++) {
        componentIds[i] = data[6 + 3 * i];
      }
    } else if (code == 0xE0) {
      jfif |= Orientation.startsWith(data, JFIF);
    } else if (code == 0xE1 && Orientation.startsWith(data, EXIF)) {
      orientation.exif(data);
    } else if (code == 0xE1 && Orientation.startsWith(data, XMP)) {
      orientation.xmp(data);
    } else if (code == 0xEE
        && data.length >= BASELINE_ADOBE_LENGTH
        && Orientation.startsWith(data, ADOBE)) {
      adobeTransform = data[11] & 0xFF;
    }
  }

  private int scans(int from) {
    int count = 1;
    for (int i = from; i + 1 < file.length; i++) {
      if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xDA) {
        count++;
      }
    }
    return count;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Returns how often the file goes over its picture, at most. */
  int scans() {
    return scans;
  }

  /** From 1 to 8. */
  int orientation() {
    return orientation.value();
  }

  private Colours colours() {
    if (componentIds.length == 1) {
      return Colours.GREY;
    }
    if (componentIds.length == 4) {
      return adobeTransform > 0 ? Colours.YCCK : Colours.CMYK;
    }
    if (jfif) {
      return Colours.YCC;
    }
    if (adobeTransform >= 0) {
      return adobeTransform == 0 ? Colours.RGB : Colours.YCC;
    }
    return Arrays.equals(componentIds, new byte[] {'R', 'G', 'B'}) ? Colours.RGB : Colours.YCC;
  }

  /** Returns a JPEG of the same samples, with a marker that says what they are. */
  byte[] samples() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(kept.size() + 18);
    out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8});
    Colours colours = colours();
    if (colours != Colours.GREY) {
      int transform = colours == Colours.YCC ? 1 : colours == Colours.YCCK ? 2 : 0;
      out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xEE, 0, 14});
      out.writeBytes(ADOBE);
      out.writeBytes(new byte[] {0, 100, 0, 0, 0, 0, (byte) transform});
    }
    out.writeBytes(kept.toByteArray());
    return out.toByteArray();
  }

  /**
   * Returns whether a decoder's complaint tells of a picture that is not whole. Zeros between the
   * samples and the end are padding.
   */
  boolean isDamage(String warning) {
    String[] words = warning.split("\\D+");
    if (!warning.contains("extraneous bytes before marker 0xd9") || words.length < 2) {
      return true;
    }
    int end = file.length - 2;
    while (end > 0 && !(file[end] == (byte) 0xFF && file[end + 1] == (byte) 0xD9)) {
      end--;
    }
    int count = Integer.parseInt(words[1]);
    for (int i = end - 1; i >= 0 && i >= end - count; i--) {
      if (file[i] != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Colours from decoded samples: as libjpeg for YCC; CMYK counts as inverted, as Adobe writes it
   * and Pillow reads it, and becomes (255 − c) − (255 − c) k / 255 style RGB.
   */
  Pixels pixels(Raster raster) {
    Colours colours = colours();
    int bands = componentIds.length;
    int channels = colours == Colours.GREY ? 1 : 3;
    byte[] out = new byte[channels * width * height];
    int[] row = new int[width * bands];
    int[] rgb = new int[3];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int to = y * width + x;
        if (colours == Colours.GREY) {
          out[to] = (byte) row[x];
          continue;
        }
        toRgb(colours, row, x * bands, rgb);
        for (int c = 0; c < 3; c++) {
          out[c * width * height + to] = (byte) rgb[c];
        }
      }
    }
    return Pixels.of(new ImageShape(channels, height, width), out);
  }

  private static void toRgb(Colours colours, int[] from, int at, int[] rgb) {
    if (colours == Colours.YCC || colours == Colours.YCCK) {
      int cb = from[at + 1] - 128;
      int cr = from[at + 2] - 128; // factors in 2^-16, rounded as libjpeg does
      rgb[0] = byteOf(from[at] + (91881 * cr + 32768 >> 16));
      rgb[1] = byteOf(from[at] + (-22554 * cb - 46802 * cr + 32768 >> 16));
      rgb[2] = byteOf(from[at] + (116130 * cb + 32768 >> 16));
    } else {
      System.arraycopy(from, at, rgb, 0, 3);
    }
    if (colours == Colours.CMYK || colours == Colours.YCCK) {
      int light = from[at + 3]; // stored inverted: 255 is no black
      for (int c = 0; c < 3; c++) {
        int ink = colours == Colours.YCCK ? rgb[c] : 255 - rgb[c];
        int product = ink * light + 128;
        rgb[c] = byteOf(light - (product + (product >> 8) >> 8));
      }
    }
  }

  private static int byteOf(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
