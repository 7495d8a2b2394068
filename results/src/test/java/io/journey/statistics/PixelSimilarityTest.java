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

  /** Brightness and contrast do not count; turned round it is -1, and a plain picture has none. */
  @Test
  void correlationIsThatOfPearson() {
    float[] a = {0.1f, -0.4f, 0.9f, 0.3f, -0.7f};
    float[] paler = new float[a.length];
    float[] negative = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      paler[i] = 0.5f * a[i] + 0.2f;
      negative[i] = 0.3f - a[i];
    }
    assertThat(PixelSimilarity.correlation(a, paler)).isCloseTo(1, within(1e-6));
    assertThat(PixelSimilarity.correlation(a, negative)).isCloseTo(-1, within(1e-6));
    assertThat(PixelSimilarity.correlation(a, new float[] {1, 1, 1, 1, 1})).isZero();
    // Of 1, 2, 3 and 1, 3, 2: covariance 1/3 over variance 2/3.
    assertThat(PixelSimilarity.correlation(new float[] {1, 2, 3}, new float[] {1, 3, 2}))
        .isCloseTo(0.5, within(1e-6));
  }
}
