package io.journey.report;

import io.journey.dataset.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as small PNG files for a page: never larger than it can show. */
final class Png {
  /** Larger pictures are made smaller: twice what the page gives them on screen. */
  static final int MAX_SIDE = 160;

  private Png() {}

  /**
   * Returns a picture as PNG, grey for one channel, RGB for three; of other counts (latents) the
   * first three or the first are shown.
   *
   * @param image [C·H·W]; −1 is black, 1 white, what lies beyond is clipped
   */
  static byte[] of(float[] image, ImageShape shape) {
    int factor = (Math.max(shape.height(), shape.width()) + MAX_SIDE - 1) / MAX_SIDE;
    int height = Math.max(1, shape.height() / factor);
    int width = Math.max(1, shape.width() / factor);
    int bands = shape.channels() < 3 ? 1 : 3;
    BufferedImage out =
        new BufferedImage(
            width,
            height,
            bands == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    WritableRaster raster = out.getRaster();
    for (int band = 0; band < bands; band++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          raster.setSample(x, y, band, grey(mean(image, shape, band, y, x, factor)));
        }
      }
    }
    return encode(out);
  }

  /**
   * Returns a veil over the part outside a mask: black, and transparent inside.
   *
   * @param mask [H·W], 1 inside
   */
  static byte[] veil(float[] mask, int height, int width) {
    BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        out.setRGB(x, y, mask[y * width + x] > 0.5f ? 0 : 0xB0000000);
      }
    }
    return encode(out);
  }

  /** Bytes as text in base 64. */
  static String base64(byte[] png) {
    return Base64.getEncoder().encodeToString(png);
  }

  private static double mean(
      float[] image, ImageShape shape, int channel, int y, int x, int factor) {
    double sum = 0;
    int rows = Math.min(factor, shape.height());
    int columns = Math.min(factor, shape.width());
    for (int dy = 0; dy < rows; dy++) {
      for (int dx = 0; dx < columns; dx++) {
        int row = y * factor + dy;
        sum += image[(channel * shape.height() + row) * shape.width() + x * factor + dx];
      }
    }
    return sum / (rows * columns);
  }

  private static int grey(double value) {
    return (int) Math.round(Math.min(1, Math.max(-1, value)) * 127.5 + 127.5);
  }

  private static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("every Java platform writes PNG");
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }
}
