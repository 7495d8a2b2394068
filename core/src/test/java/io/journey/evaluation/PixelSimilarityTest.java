package io.journey.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.report.MemoryDataset;
import org.junit.jupiter.api.Test;

class PixelSimilarityTest {
  private final MemoryDataset dataset =
      new MemoryDataset(1, 1, 2)
          .add("same", -1, 1f, 0.5f)
          .add("opposite", -1, -1f, -0.5f)
          .add("right angle", -1, -0.5f, 1f)
          .add("black", -1, 0f, 0f);

  @Test
  void cosineIsOfDirectionsOnly() {
    float[] cosines = PixelSimilarity.cosines(dataset, new float[][] {{0.2f, 0.1f}})[0];
    // Floats carry seven digits.
    assertThat(cosines).containsExactly(new float[] {1, -1, 0, 0}, within(1e-6f));
  }

  @Test
  void anImageOfAnotherSizeIsRefused() {
    assertThatThrownBy(() -> PixelSimilarity.cosines(dataset, new float[][] {{1}}))
        .hasMessageContaining("has 1 numbers, a training image 2");
  }
}
