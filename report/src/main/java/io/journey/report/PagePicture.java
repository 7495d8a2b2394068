package io.journey.report;

import io.journey.dataset.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pictures as small files for a page. Small and flat ones are PNG, which keeps every number; others
 * are JPEG, a fifth as large for photographs and less than a third for noise.
 */
public final class PagePicture {
  /** The longest side a page shows, in pixels: larger pictures are made smaller. */
  static final int MAX_SIDE = 160;

  /** Up to this side pictures are PNG. */
  static final int LOSSLESS_SIDE = 48;

  /** A picture is flat if more than this share of its pixels equal their left neighbours. */
  private static final double FLAT = 0.5;

  /** How a JPEG begins in base 64; what else there is is PNG. */
  private static final String JPEG = "/9j/";

  private static final float QUALITY = 0.85f;

  private PagePicture() {}

  /**
   * Returns a picture as text in base 64, grey for one channel, RGB for three; of other counts
   * (latents) the first three or the first are shown.
   *
   * @param image [C·H·W]; −1 is black, 1 white, what lies beyond is clipped
   * @param side the longest side of the result; a smaller picture keeps its own
   */
  static String base64(float[] image, ImageShape shape, int side) {
    return Base64.getEncoder().encodeToString(of(image, shape, side));
  }

  /** Returns the same as an address that holds it. */
  static String address(float[] image, ImageShape shape, int side) {
    String base64 = base64(image, shape, side);
    return "data:image/" + (base64.startsWith(JPEG) ? "jpeg" : "png") + ";base64," + base64;
  }

  /** Returns the same as the bytes of a PNG or a JPEG. */
  public static byte[] of(float[] image, ImageShape shape, int side) {
    int longest = Math.max(shape.height(), shape.width());
    double scale = Math.max(1, (double) longest / side);
    int height = (int) Math.max(1, Math.round(shape.height() / scale));
    int width = (int) Math.max(1, Math.round(shape.width() / scale));
    int bands = shape.channels() < 3 ? 1 : 3;
    BufferedImage out =
        new BufferedImage(
            width,
            height,
            bands == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    WritableRaster raster = out.getRaster();
    for (int band = 0; band < bands; band++) {
      float[] plane = averaged(image, band * shape.height() * shape.width(), shape, height, width);
      for (int i = 0; i < plane.length; i++) {
        raster.setSample(i % width, i / width, band, grey(plane[i]));
      }
    }
    return Math.max(height, width) <= LOSSLESS_SIDE || isFlat(out) ? png(out) : jpeg(out);
  }

  /** Averages one channel over the area of each new pixel: rows before columns. */
  private static float[] averaged(
      float[] image, int from, ImageShape shape, int height, int width) {
    float[] rows = new float[height * shape.width()];
    for (int x = 0; x < shape.width(); x++) {
      shrink(image, from + x, shape.width(), shape.height(), rows, x, height);
    }
    float[] out = new float[height * width];
    for (int y = 0; y < height; y++) {
      shrink(rows, y * shape.width(), 1, shape.width(), out, y * width, width);
    }
    return out;
  }

  /**
   * Shrinks a line of numbers by the mean over equal lengths.
   *
   * @param from the place of the first number
   * @param stride from a number of a line to the next, in both arrays
   * @param length of the line
   * @param to the place of the first result
   * @param shorter how many results, at most {@code length}
   */
  private static void shrink(
      float[] in, int from, int stride, int length, float[] out, int to, int shorter) {
    double each = (double) length / shorter;
    for (int i = 0; i < shorter; i++) {
      double start = i * each;
      double end = Math.min(length, start + each);
      double sum = 0;
      for (int k = (int) start; k < end; k++) {
        sum += (Math.min(end, k + 1) - Math.max(start, k)) * in[from + k * stride];
      }
      out[to + i * stride] = (float) (sum / each);
    }
  }

  private static int grey(double value) {
    return (int) Math.round(Math.min(1, Math.max(-1, value)) * 127.5 + 127.5);
  }

  private static boolean isFlat(BufferedImage image) {
    int equal = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 1; x < image.getWidth(); x++) {
        equal += image.getRGB(x, y) == image.getRGB(x - 1, y) ? 1 : 0;
      }
    }
    return equal > FLAT * image.getWidth() * image.getHeight();
  }

  private static byte[] png(BufferedImage image) {
    return written(image, "png", null);
  }

  private static byte[] jpeg(BufferedImage image) {
    return written(image, "jpeg", QUALITY);
  }

  /**
   * Writes a picture.
   *
   * @param quality of a format that loses something, between 0 and 1; null for one that does not
   */
  private static byte[] written(BufferedImage image, String format, Float quality) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      if (quality != null) {
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(quality);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
