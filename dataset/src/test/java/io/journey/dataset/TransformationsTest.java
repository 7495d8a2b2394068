package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.save;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformationsTest {
  @TempDir Path folder;

  /** Two rows of four: 0 10 20 30 / 40 50 60 70. */
  @BeforeEach
  void oneImage() throws IOException {
    BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 8; i++) {
      image.getRaster().setSample(i % 4, i / 4, 0, 10 * i);
    }
    save(folder.resolve("a.png"), image);
  }

  private float[] numbers(String options) {
    return read(Datasets.open(folder + options), 0);
  }

  private static float[] values(double... values) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = scaled(values[i]);
    }
    return scaled;
  }

  @Test
  void theCropIsTheSquareInTheMiddle() {
    assertThat(numbers("?crop=center")).containsExactly(values(10, 20, 50, 60));
    assertThat(numbers("?size=1")).containsExactly(values(35));
    assertThat(numbers("?size=1&crop=center")).containsExactly(values(35));
  }

  @Test
  void withoutACropOnlySquaresAreResized() {
    assertThat(numbers("?crop=none")).hasSize(8);
    assertRefused(folder + "?crop=none&size=2", "a.png has 2×4 pixels", "crop=center");
    assertThat(Datasets.open(folder + "?crop=none").fingerprint())
        .isEqualTo(Datasets.open(folder.toString()).fingerprint());
  }

  @Test
  void aFlipExchangesLeftAndRight() {
    assertThat(numbers("?flip=horizontal")).containsExactly(values(30, 20, 10, 0, 70, 60, 50, 40));
    float[] larger = numbers("?size=3");
    float[] mirrored = numbers("?size=3&flip=horizontal");
    for (int i = 0; i < 9; i++) {
      assertThat(mirrored[i]).isEqualTo(larger[i / 3 * 3 + 2 - i % 3]);
    }
    assertThat(Datasets.open(folder + "?flip=horizontal").fingerprint())
        .isNotEqualTo(Datasets.open(folder.toString()).fingerprint());
  }

  @Test
  void picturesStandUprightUnlessAskedOtherwise() throws IOException {
    Path turned = Path.of("src/test/resources/pictures/webp-orientation-8.webp");
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.copy(turned, other.resolve("a.webp"));

    Dataset upright = Datasets.open(other.toString());
    Dataset stored = Datasets.open(other + "?orient=stored");
    assertThat(upright.shape()).isEqualTo(new ImageShape(3, 24, 18));
    assertThat(upright.transformations().steps()).containsExactly("orient=upright");
    assertThat(stored.shape()).isEqualTo(new ImageShape(3, 18, 24));
    assertThat(stored.transformations().steps()).containsExactly("orient=stored");
    assertThat(upright.fingerprint()).isNotEqualTo(stored.fingerprint());
  }

  @Test
  void aDatasetTellsWhatWasDoneAndWhatThereWas() {
    Dataset dataset = Datasets.open(folder + "?flip=horizontal&size=2&channels=3");

    assertThat(dataset.describe().toString())
        .isEqualTo(
            "{\"transformations\":[\"orient=upright\",\"channels=3\",\"crop=center\",\"size=2\",\"flip=horizontal\"]}");
    assertThat(dataset.originalShape(0)).isEqualTo(new ImageShape(1, 2, 4));
    Dataset subset = Subset.of(dataset, 0);
    assertThat(subset.transformations()).isEqualTo(dataset.transformations());
    assertThat(subset.originalShape(0)).isEqualTo(new ImageShape(1, 2, 4));
  }
}
