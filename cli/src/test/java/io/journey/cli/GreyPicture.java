package io.journey.cli;

import java.awt.image.BufferedImage;

/** Square pictures of numbers, as files of data sets hold them. */
final class GreyPicture {
  private GreyPicture() {}

  /**
   * Makes a picture.
   *
   * @param image side² numbers, of which −1 is black and 1 white; those beyond are black or white
   */
  static BufferedImage of(float[] image, int side) {
    BufferedImage out = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < image.length; i++) {
      int value = Math.max(0, Math.min(255, Math.round((image[i] + 1) * 127.5f)));
      out.getRaster().setSample(i % side, i / side, 0, value);
    }
    return out;
  }
}
