package io.journey.score;

import io.journey.dataset.ImageShape;
import io.journey.model.Denoiser;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The patch of an image that is attributed (section 5.4 of the paper): squared errors outside it do
 * not count.
 *
 * @param height in pixels
 * @param width in pixels
 * @param weights 1 inside, 0 outside, [H·W]; of a latent the share of its pixels that are inside
 * @param source what the user typed
 */
public record PixelMask(int height, int width, float[] weights, String source)
    implements Serializable {
  /** Differences of a grey pixel's channels, of 255. */
  private static final int MAX_CHROMA = 48;

  /** The share of a mask's pixels that may be no grey. */
  private static final double MAX_COLOURED = 0.01;

  public PixelMask {
    if (weights.length != height * width) {
      throw new IllegalArgumentException(
          "a mask of " + width + "×" + height + " needs as many weights, got " + weights.length);
    }
  }

  /**
   * Reads {@code x,y,w,h} in pixels from the upper left corner, or the name of a picture whose
   * bright pixels are inside.
   *
   * @throws JourneyException if it is outside the image, empty, of another size, or in colours
   */
  public static PixelMask parse(String text, ImageShape shape) {
    float[] weights =
        text.matches("-?\\d+(,-?\\d+){3}") ? rectangle(text, shape) : picture(Path.of(text), shape);
    boolean empty = true;
    for (float weight : weights) {
      empty &= weight == 0;
    }
    if (empty) {
      throw new JourneyException("Mask " + text + " has no pixel inside: mark at least one.");
    }
    return new PixelMask(shape.height(), shape.width(), weights, text);
  }

  /**
   * Returns the mask of the latents of such images: each number of a latent stands for a block of
   * pixels and counts by the share of them that are inside. (The paper does not say how its masks
   * reach latents.)
   *
   * @param latent the same as the image, or smaller by a whole number in both directions
   * @throws JourneyException if it is neither
   */
  PixelMask onto(ImageShape latent) {
    int scale = height / latent.height();
    if (latent.height() * scale != height || latent.width() * scale != width) {
      throw new JourneyException(
          String.format(
              "Mask %s is of %d×%d pixels, the model samples %d×%d: draw it for these targets.",
              source, width, height, latent.width(), latent.height()));
    }
    if (scale == 1) {
      return this;
    }
    float[] shares = new float[latent.height() * latent.width()];
    for (int i = 0; i < weights.length; i++) {
      int block = i / width / scale * latent.width() + i % width / scale;
      shares[block] += weights[i] / (scale * scale);
    }
    return new PixelMask(latent.height(), latent.width(), shares, source);
  }

  /**
   * Returns the mask of what a model samples, as a tensor in the caller's scope.
   *
   * @return [H, W] float32
   * @throws JourneyException if the model samples another size
   */
  Tensor onto(Denoiser model) {
    PixelMask mask = onto(model.shape());
    return Libtorch.of(mask.weights, ScalarType.Float, mask.height, mask.width);
  }

  private static float[] rectangle(String text, ImageShape shape) {
    // More digits than any image has pixels are outside like any large number.
    long[] r =
        Arrays.stream(text.split(","))
            .mapToLong(n -> n.length() > 12 ? Integer.MAX_VALUE : Long.parseLong(n))
            .toArray();
    boolean inside =
        r[0] >= 0
            && r[1] >= 0
            && r[2] >= 1
            && r[3] >= 1
            && r[0] + r[2] <= shape.width()
            && r[1] + r[3] <= shape.height();
    if (!inside) {
      throw new JourneyException(
          "Mask "
              + text
              + " (x,y,w,h) does not lie inside the image of "
              + shape.width()
              + "×"
              + shape.height()
              + " pixels: choose a rectangle that does.");
    }
    float[] weights = new float[shape.height() * shape.width()];
    for (int y = (int) r[1]; y < r[1] + r[3]; y++) {
      int row = y * shape.width();
      Arrays.fill(weights, row + (int) r[0], row + (int) (r[0] + r[2]), 1f);
    }
    return weights;
  }

  private static float[] picture(Path file, ImageShape shape) {
    if (!Files.isRegularFile(file)) {
      throw new JourneyException(
          "Mask "
              + file
              + " is neither x,y,w,h nor a file: write four numbers, name a PNG, or write whole.");
    }
    BufferedImage image = decode(file, shape);
    requireGrey(image, file);
    float[] weights = new float[shape.height() * shape.width()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = isBright(image, i % shape.width(), i / shape.width()) ? 1 : 0;
    }
    return weights;
  }

  /** The picture, whose size is looked at before it is decoded. */
  private static BufferedImage decode(Path file, ImageShape shape) {
    ImageReader reader = null;
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new JourneyException("Mask " + file + " is not an image Java can read: name a PNG.");
      }
      reader = readers.next();
      reader.setInput(in);
      if (reader.getWidth(0) != shape.width() || reader.getHeight(0) != shape.height()) {
        throw new JourneyException(
            String.format(
                "Mask %s has %d×%d pixels, the image %d×%d: draw it at the image's size.",
                file, reader.getWidth(0), reader.getHeight(0), shape.width(), shape.height()));
      }
      return reader.read(0);
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new JourneyException(
          "Mask " + file + " is a damaged image: draw it again, or name another PNG.", e);
    } finally {
      if (reader != null) {
        reader.dispose();
      }
    }
  }

  /** Refuses a photograph; a file with losses may have a trace of colour. */
  private static void requireGrey(BufferedImage image, Path file) {
    int coloured = 0;
    int pixels = image.getWidth() * image.getHeight();
    for (int i = 0; i < pixels; i++) {
      int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
      int[] channels = {rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255};
      Arrays.sort(channels);
      coloured += rgb >>> 24 > 127 && channels[2] - channels[0] > MAX_CHROMA ? 1 : 0;
    }
    if (coloured > MAX_COLOURED * pixels) {
      throw new JourneyException(
          "Mask "
              + file
              + " is a picture in colours: paint white what is inside and black what is not.");
    }
  }

  /** Whether a pixel is lighter than half; grey is taken as stored, without Java's gamma. */
  private static boolean isBright(BufferedImage image, int x, int y) {
    int rgb = image.getRGB(x, y);
    if (rgb >>> 24 <= 127) {
      return false;
    }
    if (image.getColorModel() instanceof ComponentColorModel model
        && model.getNumColorComponents() == 1) {
      return 2L * image.getRaster().getSample(x, y, 0) >= 1L << model.getComponentSize(0);
    }
    return (rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255) > 3 * 127;
  }

  /** A hash of the weights. */
  public String fingerprint() {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * weights.length).putInt(height).putInt(width);
    for (float weight : weights) {
      bytes.putFloat(weight);
    }
    return Checksums.of(bytes.array());
  }
}
