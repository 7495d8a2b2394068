package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.ImageShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void greyIsLinearFromMinusOneToOneAndClippedBeyond() throws IOException {
    float[] image = {-3, -1, -0.5f, 0, 0.5f, 1, 7};
    BufferedImage read = read(Png.of(image, new ImageShape(1, 1, 7)));
    int[] samples = new int[7];
    read.getRaster().getSamples(0, 0, 7, 1, 0, samples);
    assertThat(samples).containsExactly(0, 0, 64, 128, 191, 255, 255);
  }

  @Test
  void channelsAreRedGreenBlueInThatOrder() throws IOException {
    float[] image = {1, -1, -1, -1, 1, -1, -1, -1, 0};
    BufferedImage read = read(Png.of(image, new ImageShape(3, 1, 3)));
    assertThat(read.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    assertThat(read.getRGB(1, 0)).isEqualTo(0xFF00FF00);
    assertThat(read.getRGB(2, 0)).isEqualTo(0xFF000080);
  }

  @Test
  void ofALatentTheFirstThreeChannelsAreShown() throws IOException {
    BufferedImage read = read(Png.of(new float[] {1, -1, 1, -1}, new ImageShape(4, 1, 1)));
    assertThat(read.getRGB(0, 0)).isEqualTo(0xFFFF00FF);
  }

  @Test
  void largePicturesAreAveragedDown() throws IOException {
    int side = 2 * Png.MAX_SIDE;
    float[] image = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      image[i] = i % 2 == 0 ? -1 : 1;
    }
    BufferedImage read = read(Png.of(image, new ImageShape(1, side, side)));
    assertThat(read.getWidth()).isEqualTo(Png.MAX_SIDE);
    assertThat(read.getHeight()).isEqualTo(Png.MAX_SIDE);
    assertThat(read.getRaster().getSample(5, 5, 0)).isEqualTo(128);
  }

  @Test
  void aVeryFlatPictureKeepsAPixel() throws IOException {
    BufferedImage read = read(Png.of(new float[1000], new ImageShape(1, 1, 1000)));
    assertThat(read.getHeight()).isEqualTo(1);
  }

  @Test
  void theVeilIsTransparentInsideTheMask() throws IOException {
    BufferedImage read = read(Png.veil(new float[] {1, 0}, 1, 2));
    assertThat(read.getRGB(0, 0) >>> 24).isZero();
    assertThat(read.getRGB(1, 0) >>> 24).isGreaterThan(100);
  }

  @Test
  void equalPicturesGiveEqualBytes() {
    float[] image = {0.1f, -0.7f, 0.3f, 1};
    ImageShape shape = new ImageShape(1, 2, 2);
    assertThat(Png.of(image, shape)).isEqualTo(Png.of(image.clone(), shape));
  }
}
