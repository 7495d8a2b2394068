package io.journey.dataset;

import io.journey.dataset.Transformations.Orient;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes one PNG, JPEG, WebP, BMP or GIF (its first picture) to bytes. The samples are taken as
 * they are stored, without colour management; 16 bits are rounded to 8; transparency is laid on
 * white.
 */
final class ImageDecoder {
  /** The largest image that is decoded, in pixels. */
  static final long MAX_PIXELS = 64_000_000;

  /** Images of more pixels are decoded one at a time: at 8 bytes each, a 16th of the heap. */
  private static final long LARGE = Runtime.getRuntime().maxMemory() / 128;

  /**
   * More pixels than a million and so many for each byte of the file are refused: an image of one
   * colour takes a byte for 8256 pixels as PNG.
   */
  private static final long PIXELS_PER_BYTE = 10_000;

  /** The most pixels a JPEG may draw, all its scans together. */
  private static final long MAX_SCANNED = 10 * MAX_PIXELS;

  private ImageDecoder() {}

  /** One file, opened as far as its size and notes. */
  private record Opened(long width, long height, int orientation, Samples samples) {
    Opened ofSeveral(boolean several) {
      Samples noted = () -> samples.decode().noting(PictureChange.FIRST_FRAME, several);
      return new Opened(width, height, orientation, noted);
    }
  }

  private interface Samples {
    Pixels decode() throws IOException;
  }

  /**
   * Decodes an image in memory.
   *
   * @param name what to call it in messages
   * @param orient whether a camera's note is followed
   * @return one channel if it stores grey, otherwise three
   * @throws JourneyException if it is no image, damaged, or larger than {@link #MAX_PIXELS}
   */
  static Pixels decode(byte[] image, String name, Orient orient) {
    try {
      Opened opened = open(image, name);
      requireReasonable(opened.width, opened.height, image.length, name);
      Pixels pixels;
      if (opened.width * opened.height > LARGE) {
        synchronized (ImageDecoder.class) { // several at once could fill the memory
          pixels = opened.samples.decode();
        }
      } else {
        pixels = opened.samples.decode();
      }
      return orient == Orient.STORED ? pixels : Orientation.apply(pixels, opened.orientation);
    } catch (JourneyException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // a decoder fed with damage throws anything
      String reason = e.getMessage() == null ? "it does not decode" : e.getMessage();
      throw new JourneyException(
          name
              + " is damaged or of an unusual kind ("
              + reason
              + "): copy it again from its source, or save it again as PNG.",
          e);
    } catch (OutOfMemoryError e) {
      throw new JourneyException(
          name
              + " takes more memory to decode than Java has: make it smaller, or "
              + Memory.raise()
              + ".",
          e);
    }
  }

  /**
   * Returns the same from a file.
   *
   * @param size of the file in bytes
   */
  static Pixels decode(InputStream bytes, long size, String name, Orient orient)
      throws IOException {
    if (size > Runtime.getRuntime().maxMemory() / 8) {
      throw new JourneyException(
          name
              + " has "
              + Counted.of(size, "bytes")
              + ", more than an eighth of the memory Java may use: make it smaller, or "
              + Memory.raise()
              + ".",
          new OutOfMemoryError("an eighth of the heap")); // the machine's fault, not the image's
    }
    byte[] image;
    try {
      image = bytes.readAllBytes();
    } catch (OutOfMemoryError e) {
      throw new JourneyException(name + " does not fit into memory: " + Memory.raise() + ".", e);
    }
    return decode(image, name, orient);
  }

  private static Opened open(byte[] image, String name) throws IOException {
    String start = new String(image, 0, Math.min(12, image.length), StandardCharsets.ISO_8859_1);
    if (Orientation.startsWith(image, PngFile.SIGNATURE)) {
      if (image.length >= PngFile.HEADER) { // before its checksums are computed
        requireReasonable(PngFile.width(image), PngFile.height(image), image.length, name);
      }
      PngFile png = new PngFile(image);
      return byReader("png", png.samples(), png.orientation()).ofSeveral(png.isAnimated());
    }
    if (start.startsWith("\u00ff\u00d8\u00ff")) {
      return jpeg(new JpegFile(image), name);
    }
    if (start.startsWith("RIFF") && start.endsWith("WEBP")) {
      WebpFile webp = new WebpFile(image);
      return new Opened(
              webp.width(), webp.height(), webp.orientation(), () -> toPixels(webp.decode()))
          .ofSeveral(webp.isAnimated());
    }
    if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
      GifFile gif = new GifFile(image);
      return new Opened(gif.width(), gif.height(), Orientation.UPRIGHT, gif::decode);
    }
    if (start.startsWith("BM")) {
      return byReader("bmp", image, Orientation.UPRIGHT);
    }
    if (DibFile.is(image)) {
      return byReader("bmp", DibFile.toBmp(image), Orientation.UPRIGHT);
    }
    throw new JourneyException(
        name + " is no PNG, JPEG, WebP, BMP or GIF image: convert it, or move it away.");
  }

  private static Opened byReader(String format, byte[] image, int orientation) throws IOException {
    return with(
        format,
        image,
        reader ->
            new Opened(
                reader.getWidth(0),
                reader.getHeight(0),
                orientation,
                () -> with(format, image, again -> toPixels(again.read(0)), w -> true)),
        w -> false);
  }

  private static Opened jpeg(JpegFile jpeg, String name) {
    if ((long) jpeg.width() * jpeg.height() * jpeg.scans() > MAX_SCANNED) {
      throw new JourneyException(
          String.format(
              "%s draws its %d×%d pixels %d times, more than 640 million in all: save it again.",
              name, jpeg.width(), jpeg.height(), jpeg.scans()));
    }
    return new Opened(
        jpeg.width(),
        jpeg.height(),
        jpeg.orientation(),
        () ->
            with(
                "jpeg",
                jpeg.samples(),
                reader -> jpeg.pixels(reader.readRaster(0, null)),
                jpeg::isDamage));
  }

  private interface Reading<T> {
    T with(ImageReader reader) throws IOException;
  }

  /** Lends the JDK's reader of a format; a complaint of it that is damage is an error. */
  private static <T> T with(
      String format, byte[] image, Reading<T> reading, Predicate<String> isDamage)
      throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    String[] damage = new String[1];
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(image))) {
      reader.addIIOReadWarningListener(
          (source, warning) -> {
            if (isDamage.test(warning)) {
              damage[0] = warning;
            }
          });
      reader.setInput(in, true, true);
      T result = reading.with(reader);
      if (damage[0] != null) {
        throw new IOException(damage[0]);
      }
      return result;
    } finally {
      reader.dispose();
    }
  }

  private static void requireReasonable(long width, long height, long bytes, String name) {
    long pixels = width * height;
    if (pixels > MAX_PIXELS || width > MAX_PIXELS || height > MAX_PIXELS) {
      throw new JourneyException(
          String.format(
              "%s has %d×%d pixels, more than 64 million: make it smaller, or move it away.",
              name, width, height));
    }
    if (pixels > 1_000_000 + PIXELS_PER_BYTE * bytes) {
      throw new JourneyException(
          String.format(
              "%s claims %d×%d pixels in %d bytes, more than %d for each: move it away.",
              name, width, height, bytes, PIXELS_PER_BYTE));
    }
    if (pixels <= 0) {
      throw new JourneyException(name + " has no pixels: move it away.");
    }
  }

  static Pixels toPixels(BufferedImage image) {
    return storesComponents(image) ? fromComponents(image) : fromColours(image);
  }

  /** Grey or RGB, with or without alpha, a sample for each in 8 or 16 bits. */
  private static boolean storesComponents(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int type = model.getTransferType();
    int space = model.getColorSpace().getType();
    return model instanceof ComponentColorModel
        && !model.isAlphaPremultiplied()
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
        && (space == ColorSpace.TYPE_GRAY || space == ColorSpace.TYPE_RGB);
  }

  /** Java would take stored grey for linear light and brighten it, so samples are taken raw. */
  private static Pixels fromComponents(BufferedImage image) {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    int channels = model.getNumColorComponents();
    int bands = raster.getNumBands();
    double max = (1 << model.getComponentSize(0)) - 1;
    double maxAlpha = model.hasAlpha() ? (1 << model.getComponentSize(channels)) - 1 : 1;
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] out = new byte[channels * height * width];
    boolean clear = false;
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        double alpha = model.hasAlpha() ? row[x * bands + channels] / maxAlpha : 1;
        clear |= alpha < 1;
        for (int c = 0; c < channels; c++) {
          out[(c * height + y) * width + x] = onWhite(row[x * bands + c] / max, alpha);
        }
      }
    }
    return Pixels.of(new ImageShape(channels, height, width), out)
        .noting(PictureChange.ON_WHITE, clear);
  }

  private static Pixels fromColours(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int channels = hasGreyPalette(image) ? 1 : 3;
    byte[] out = new byte[channels * height * width];
    boolean clear = false;
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        double alpha = (row[x] >>> 24) / 255.0;
        clear |= alpha < 1;
        for (int c = 0; c < channels; c++) {
          int sample = row[x] >>> (16 - 8 * c) & 0xFF;
          out[(c * height + y) * width + x] = onWhite(sample / 255.0, alpha);
        }
      }
    }
    return Pixels.of(new ImageShape(channels, height, width), out)
        .noting(PictureChange.ON_WHITE, clear);
  }

  private static boolean hasGreyPalette(BufferedImage image) {
    if (!(image.getColorModel() instanceof IndexColorModel palette)) {
      return false;
    }
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns a sample and its opacity, both in [0, 1], as a byte. */
  private static byte onWhite(double sample, double alpha) {
    return (byte) Math.round(255 * (sample * alpha + 1 - alpha));
  }
}
