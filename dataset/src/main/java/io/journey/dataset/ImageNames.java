package io.journey.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The meaning of file names: which are read as images, which are images of formats that are not
 * read and must not be left out in silence, and which go beside images and are passed over.
 */
final class ImageNames {
  /** As many bytes of a file tell what picture it holds. */
  static final int MAGIC_LENGTH = 12;

  private static final Set<String> READ =
      Set.of(
          "png", "apng", "jpg", "jpeg", "jpe", "jfif", "jif", "pjpeg", "mpo", "webp", "bmp", "dib",
          "gif");

  private static final Set<String> NOT_READ =
      Set.of(
          "tif", "tiff", "heic", "heif", "hif", "avif", "avifs", "jxl", "jp2", "j2k", "j2c", "jpc",
          "jpf", "jpx", "jpm", "jxr", "ppm", "pgm", "pbm", "pnm", "pam", "pfm", "tga", "psd", "psb",
          "xcf", "exr", "hdr", "dds", "pcx", "sgi", "ras", "ico", "icns", "cur", "xbm", "xpm",
          "qoi", "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "raf", "orf", "rw2",
          "pef", "srw", "x3f", "3fr", "raw");

  /** Beside images by the thousand, and never images: not worth a look into each. */
  private static final Set<String> TEXTS =
      Set.of("txt", "caption", "json", "jsonl", "md", "csv", "tsv", "xml", "yaml", "yml", "html");

  /** Thumbnails of a Synology, what a Mac leaves in archives, and what Python leaves. */
  private static final Set<String> FOLDERS = Set.of("@eaDir", "__MACOSX", "__pycache__");

  private ImageNames() {}

  /**
   * Returns whether a file of this name is read as an image; which format it is, its content says.
   */
  static boolean isImage(String name) {
    return READ.contains(extension(name));
  }

  /** Returns whether a file of this name is an image of a format that is not read. */
  static boolean isOtherImage(String name) {
    return NOT_READ.contains(extension(name));
  }

  /** Returns whether a file of this name is text, whatever it contains. */
  static boolean isText(String name) {
    return TEXTS.contains(extension(name));
  }

  /** Returns whether a folder of this name is passed over with all it holds. */
  static boolean isPassedOver(String folder) {
    return folder.startsWith(".") || FOLDERS.contains(folder);
  }

  /** Returns the ending behind the last dot, in lower case; the whole name where there is none. */
  static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** Returns the ending as people write it: ".txt", or "no ending". */
  static String ending(String name) {
    return name.lastIndexOf('.') < 0 ? "no ending" : "." + extension(name);
  }

  /** Returns the kind of picture that begins with these bytes. */
  static Optional<String> pictureOf(byte[] start) {
    if (start.length < MAGIC_LENGTH) {
      return Optional.empty();
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    int first = ByteBuffer.wrap(start).getInt();
    if (first == 0x89504E47) {
      return Optional.of("PNG");
    }
    if (first >>> 8 == 0xFFD8FF) {
      return Optional.of("JPEG");
    }
    if (text.startsWith("GIF8")) {
      return Optional.of("GIF");
    }
    if (text.startsWith("RIFF") && text.endsWith("WEBP")) {
      return Optional.of("WebP");
    }
    if (first == 0x49492A00 || first == 0x4D4D002A) {
      return Optional.of("TIFF");
    }
    boolean media = text.startsWith("ftyp", 4);
    return media && Set.of("heic", "heix", "mif1", "avif").contains(text.substring(8))
        ? Optional.of("HEIC or AVIF")
        : Optional.empty();
  }
}
