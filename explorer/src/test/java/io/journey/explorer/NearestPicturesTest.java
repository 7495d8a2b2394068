package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NearestPicturesTest {
  @TempDir Path folder;

  private void picture(String name, int seed, int shift) throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        int grey = Math.floorMod((x / 4 * 7 + y / 4 * 13) * seed, 200) + shift;
        image.setRGB(x, y, grey << 16 | grey << 8 | grey);
      }
    }
    ImageIO.write(image, "png", folder.resolve(name).toFile());
  }

  @Test
  void aPlantedCopyIsNearestAndANearlyCopyIsNext() throws IOException {
    for (int n = 0; n < 12; n++) {
      picture(String.format("%02d.png", n), 3 * n + 1, 0);
    }
    picture("copy.png", 13, 0);
    picture("paler.png", 13, 20);
    Dataset data = Datasets.open(folder.toString());
    int of = 4;
    assertThat(data.id(of)).isEqualTo("04.png");
    List<NearestPictures.Near> near = NearestPictures.of(data, () -> {}).to(of, 3);
    assertThat(near).hasSize(3);
    assertThat(data.id(near.get(0).image())).isEqualTo("copy.png");
    assertThat(near.get(0).distance()).isZero();
    assertThat(data.id(near.get(1).image())).isEqualTo("paler.png");
    assertThat(near.get(1).distance()).isCloseTo(20 / 255.0, within(1e-9));
    assertThat(near.get(2).distance()).isGreaterThan(near.get(1).distance());
  }
}
