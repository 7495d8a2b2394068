package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PagePictureTest {
  private static BufferedImage read(float[] image, ImageShape shape) throws IOException {
    return read(PagePicture.of(image, shape, PagePicture.MAX_SIDE));
  }

  private static BufferedImage read(byte[] file) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(file));
  }

  private static boolean isPng(byte[] file) {
    return file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
  }

  @Test
  void greyIsLinearFromMinusOneToOneAndClippedBeyond() throws IOException {
    float[] image = {-3, -1, -0.5f, 0, 0.5f, 1, 7};
    BufferedImage read = read(image, new ImageShape(1, 1, 7));
    int[] samples = new int[7];
    read.getRaster().getSamples(0, 0, 7, 1, 0, samples);
    assertThat(samples).containsExactly(0, 0, 64, 128, 191, 255, 255);
  }

  @Test
  void channelsAreRedGreenBlueInThatOrder() throws IOException {
    float[] image = {1, -1, -1, -1, 1, -1, -1, -1, 0};
    BufferedImage read = read(image, new ImageShape(3, 1, 3));
    assertThat(read.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    assertThat(read.getRGB(1, 0)).isEqualTo(0xFF00FF00);
    assertThat(read.getRGB(2, 0)).isEqualTo(0xFF000080);
  }

  @Test
  void ofALatentTheFirstThreeChannelsAreShown() throws IOException {
    BufferedImage read = read(new float[] {1, -1, 1, -1}, new ImageShape(4, 1, 1));
    assertThat(read.getRGB(0, 0)).isEqualTo(0xFFFF00FF);
  }

  @Test
  void largePicturesAreAveragedDown() throws IOException {
    int side = 2 * PagePicture.MAX_SIDE;
    float[] image = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      image[i] = i % 2 == 0 ? -1 : 1;
    }
    BufferedImage read = read(image, new ImageShape(1, side, side));
    assertThat(read.getWidth()).isEqualTo(PagePicture.MAX_SIDE);
    assertThat(read.getHeight()).isEqualTo(PagePicture.MAX_SIDE);
    assertThat(read.getRaster().getSample(5, 5, 0)).isEqualTo(128);
  }

  /** Five pixels as two: each is the mean over two and a half. */
  @Test
  void pixelsAreSharedByTheirArea() throws IOException {
    float[] row = {-1, 1, 1, -1, -1};
    BufferedImage wide = read(PagePicture.of(row, new ImageShape(1, 1, 5), 2));
    assertThat(wide.getWidth()).isEqualTo(2);
    assertThat(wide.getRaster().getSample(0, 0, 0)).isEqualTo(153); // 0.2
    assertThat(wide.getRaster().getSample(1, 0, 0)).isEqualTo(51); // −0.6
    BufferedImage high = read(PagePicture.of(row, new ImageShape(1, 5, 1), 2));
    assertThat(high.getHeight()).isEqualTo(2);
    assertThat(high.getRaster().getSample(0, 1, 0)).isEqualTo(51);
  }

  @Test
  void aVeryFlatPictureKeepsAPixel() throws IOException {
    BufferedImage read = read(new float[1000], new ImageShape(1, 1, 1000));
    assertThat(read.getHeight()).isEqualTo(1);
  }

  @Test
  void smallAndFlatPicturesLoseNothingAndOthersAreJpeg() throws IOException {
    ImageShape small = new ImageShape(3, 48, 48);
    assertThat(isPng(PagePicture.of(noise(small), small, 160))).isTrue();
    ImageShape large = new ImageShape(3, 128, 128);
    assertThat(isPng(PagePicture.of(new float[large.numel()], large, 160))).isTrue();

    // A photograph is smooth with a little noise; JPEG keeps it within a few grey levels.
    float[] photograph = noise(large);
    for (int i = 0; i < photograph.length; i++) {
      photograph[i] = 0.02f * photograph[i] + (float) Math.sin(i % 128 / 20.0) * 0.8f;
    }
    byte[] jpeg = PagePicture.of(photograph, large, 160);
    assertThat(isPng(jpeg)).isFalse();
    assertThat(jpeg.length).isLessThan(8000);
    BufferedImage read = read(jpeg);
    double error = 0;
    for (int i = 0; i < 128 * 128; i++) {
      int green = read.getRaster().getSample(i % 128, i / 128, 1);
      error += Math.abs(green - (photograph[128 * 128 + i] * 127.5 + 127.5));
    }
    assertThat(error / (128 * 128)).isCloseTo(0, within(4.0));
    assertThat(Base64.getEncoder().encodeToString(jpeg))
        .startsWith("/9j/"); // As the page knows it.
  }

  private static float[] noise(ImageShape shape) {
    float[] image = new float[shape.numel()];
    Seed.of(3).child("noise").stream().fillGaussian(image);
    return image;
  }

  @Test
  void equalPicturesGiveEqualBytes() {
    ImageShape shape = new ImageShape(3, 70, 60);
    float[] image = noise(shape);
    assertThat(PagePicture.of(image, shape, 64))
        .isEqualTo(PagePicture.of(image.clone(), shape, 64));
  }
}
