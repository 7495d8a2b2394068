package io.journey.embedding;

import io.journey.dataset.ImageShape;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import java.util.List;
import java.util.Locale;

/**
 * The preparation of an image for a network of others: grey is repeated to three channels or colour
 * turned to grey (Rec. 601), the shorter side is brought to the network's and the middle cut out,
 * numbers are clipped to black and white, brought to the network's range, and normalised.
 *
 * @param shape of what the network takes
 * @param range of its numbers before normalisation
 * @param mean subtracted, one for each channel
 * @param deviation divided by, one for each channel
 * @param interpolation of the resizing
 */
public record ImagePreparation(
    ImageShape shape,
    Range range,
    List<Double> mean,
    List<Double> deviation,
    Interpolation interpolation) {
  /** The longest side that can be asked for. */
  static final int MAX_SIDE = 4096;

  /** The numbers of black and white. */
  public enum Range {
    /** 0 to 1. */
    UNIT(0.5, 0.5),
    /** −1 to 1. */
    SIGNED(1, 0),
    /** 0 to 255. */
    BYTE(127.5, 127.5);

    private final double scale;
    private final double shift;

    Range(double scale, double shift) {
      this.scale = scale;
      this.shift = shift;
    }

    /** As a user writes it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ImagePreparation {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (shape.channels() != 1 && shape.channels() != 3) {
      throw new SettingException(
          "a network must take images of 1 or 3 channels, got " + shape.channels());
    }
    if (Math.max(shape.height(), shape.width()) > MAX_SIDE) {
      throw new SettingException(
          "a network's images may have sides of " + MAX_SIDE + " at most, got " + shape);
    }
    if (mean.size() != shape.channels() || deviation.size() != shape.channels()) {
      throw new SettingException(
          "mean and std need a number for each of "
              + Counted.of(shape.channels(), "channels")
              + ", got "
              + mean
              + " and "
              + deviation);
    }
    if (!mean.stream().allMatch(Double::isFinite)
        || !deviation.stream().allMatch(d -> d > 0 && Double.isFinite(d))) {
      throw new SettingException(
          "mean must be finite and std positive, got " + mean + " and " + deviation);
    }
  }

  /** Returns all that decides the numbers, in a line. */
  String describe() {
    return shape + " " + range + " mean " + mean + " std " + deviation + " " + interpolation;
  }

  /**
   * Prepares an image.
   *
   * @param image C·H·W numbers in [-1, 1]
   * @param from its shape; 1 or 3 channels
   * @return {@code shape().numel()} numbers
   * @throws SettingException if it has other channels
   */
  public float[] apply(float[] image, ImageShape from) {
    if (from.channels() != 1 && from.channels() != 3) {
      throw new SettingException("networks take images of 1 or 3 channels, got " + from.channels());
    }
    double[][] planes = channels(image, from);
    int height = shape.height();
    int width = shape.width();
    // The shorter side in proportion to the network's; whole pixels, rounded down.
    boolean tall = (long) from.height() * width >= (long) from.width() * height;
    int newHeight = tall ? (int) ((long) width * from.height() / from.width()) : height;
    int newWidth = tall ? width : (int) ((long) height * from.width() / from.height());
    int top = (newHeight - height) / 2;
    int left = (newWidth - width) / 2;
    float[] out = new float[shape.numel()];
    for (int c = 0; c < planes.length; c++) {
      double[] plane =
          newHeight == from.height() && newWidth == from.width()
              ? planes[c]
              : Resize.plane(
                  planes[c], from.height(), from.width(), newHeight, newWidth, interpolation);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double value = plane[(top + y) * newWidth + left + x];
          double clipped = Math.max(-1, Math.min(1, value));
          double ranged = clipped * range.scale + range.shift;
          out[(c * height + y) * width + x] = (float) ((ranged - mean.get(c)) / deviation.get(c));
        }
      }
    }
    return out;
  }

  private double[][] channels(float[] image, ImageShape from) {
    int plane = from.height() * from.width();
    double[][] planes = new double[shape.channels()][plane];
    for (int i = 0; i < plane; i++) {
      if (from.channels() == 3 && shape.channels() == 1) {
        planes[0][i] = 0.299 * image[i] + 0.587 * image[plane + i] + 0.114 * image[2 * plane + i];
      } else {
        for (int c = 0; c < planes.length; c++) {
          planes[c][i] = image[(from.channels() == 1 ? 0 : c * plane) + i];
        }
      }
    }
    return planes;
  }
}
