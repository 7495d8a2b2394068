package io.journey.dataset;

import io.journey.run.SettingException;

/**
 * The shape of an image.
 *
 * @param channels 1 for grey, 3 for RGB
 * @param height in pixels
 * @param width in pixels
 */
public record ImageShape(int channels, int height, int width) {
  public ImageShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new SettingException(
          "an image must be at least 1×1×1, got " + channels + "×" + height + "×" + width);
    }
    if ((double) channels * height * width > Integer.MAX_VALUE) {
      throw new SettingException(
          "an image may have "
              + Integer.MAX_VALUE
              + " numbers, got "
              + channels
              + "×"
              + height
              + "×"
              + width);
    }
  }

  /** How many numbers an image has. */
  public int numel() {
    return channels * height * width;
  }

  /** Channels × height × width, as people write it. */
  @Override
  public String toString() {
    return channels + "×" + height + "×" + width;
  }
}
