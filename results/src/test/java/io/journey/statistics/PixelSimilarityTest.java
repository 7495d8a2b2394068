package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import org.junit.jupiter.api.Test;

class PixelSimilarityTest {
  private final MemoryDataset dataset =
      new MemoryDataset(1, 1, 2)
          .add("same", Condition.NONE, 1f, 0.5f)
          .add("opposite", Condition.NONE, -1f, -0.5f)
          .add("right angle", Condition.NONE, -0.5f, 1f)
          .add("black", Condition.NONE, 0f, 0f);

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
