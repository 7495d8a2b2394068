package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
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
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
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

  private static final Set<String> FORMATS = Set.of("png", "jpeg", "webp", "bmp", "gif");

  private ImageDecoder() {}

  /**
   * Decodes an image in memory.
   *
   * @param name what to call it in messages
   * @return one channel if it stores grey, otherwise three
   * @throws JourneyException if it is no image, damaged, or larger than {@link #MAX_PIXELS}
   */
  static Pixels decode(byte[] image, String name) {
    try {
      return decode(new ByteArrayInputStream(image), name);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + name + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** The same from a file, which is read no further than the image needs. */
  static Pixels decode(InputStream bytes, String name) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(bytes)) {
      ImageReader reader = reader(in, name);
      try {
        return read(reader, in, name);
      } finally {
        reader.dispose();
      }
    } catch (OutOfMemoryError e) {
      throw new JourneyException(
          name + " takes more memory to decode than Java has: make it smaller, or raise -Xmx.", e);
    }
  }

  private static ImageReader reader(ImageInputStream in, String name) throws IOException {
    for (Iterator<ImageReader> all = ImageIO.getImageReaders(in); all.hasNext(); ) {
      ImageReader reader = all.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        return reader;
      }
      reader.dispose();
    }
    throw new JourneyException(
        name + " is no PNG, JPEG, WebP, BMP or GIF image: convert it, or move it away.");
  }

  private static Pixels read(ImageReader reader, ImageInputStream in, String name)
      throws IOException {
    boolean[] cutShort = new boolean[1];
    reader.addIIOReadWarningListener(
        (source, warning) -> cutShort[0] |= warning.contains("remature end"));
    Pixels image;
    try {
      reader.setInput(in, true, true);
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      if (width * height > MAX_PIXELS) {
        throw new JourneyException(
            String.format(
                "%s has %d×%d pixels, more than 64 million: make it smaller, or move it away.",
                name, width, height));
      }
      if (width * height > LARGE) {
        synchronized (ImageDecoder.class) { // several at once could fill the memory
          image = toPixels(reader.read(0));
        }
      } else {
        image = toPixels(reader.read(0));
      }
    } catch (JourneyException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // a decoder fed with damage throws anything
      String reason = e.getMessage() == null ? "it does not decode" : e.getMessage();
      throw new JourneyException(
          name + " is damaged or of an unusual kind (" + reason + "): save it again as PNG.", e);
    }
    if (cutShort[0]) {
      throw new JourneyException(name + " ends too early: copy it again from its source.");
    }
    return image;
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
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        double alpha = model.hasAlpha() ? row[x * bands + channels] / maxAlpha : 1;
        for (int c = 0; c < channels; c++) {
          out[(c * height + y) * width + x] = onWhite(row[x * bands + c] / max, alpha);
        }
      }
    }
    return Pixels.of(new ImageShape(channels, height, width), out);
  }

  private static Pixels fromColours(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int channels = hasGreyPalette(image) ? 1 : 3;
    byte[] out = new byte[channels * height * width];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        double alpha = (row[x] >>> 24) / 255.0;
        for (int c = 0; c < channels; c++) {
          int sample = row[x] >>> (16 - 8 * c) & 0xFF;
          out[(c * height + y) * width + x] = onWhite(sample / 255.0, alpha);
        }
      }
    }
    return Pixels.of(new ImageShape(channels, height, width), out);
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

  /** A sample and its opacity, both in [0, 1], as a byte. */
  private static byte onWhite(double sample, double alpha) {
    return (byte) Math.round(255 * (sample * alpha + 1 - alpha));
  }
}
