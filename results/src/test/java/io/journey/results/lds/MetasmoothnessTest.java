package io.journey.results.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MetasmoothnessTest {
  private static final double[] WITHOUT = {1, 1, 1, 1};
  private static final double[] WITH = {5, 2, 0, 1};

  @Test
  void whatGoesOnAsItBeganIsSmooth() {
    assertThat(Metasmoothness.of(WITHOUT, new double[] {1.5, 1.9, 0.99, 1}, WITH)).isEqualTo(1);
  }

  /** Moves are 4, 1, 1 and 0: the second turns back, the fourth goes and returns with no weight. */
  @Test
  void whatTurnsBackCountsByHowFarItMovesInAll() {
    assertThat(Metasmoothness.of(WITHOUT, new double[] {3, 2.5, 0.5, 9}, WITH))
        .isCloseTo((4 - 1 + 1) / 6.0, within(1e-12));
  }

  @Test
  void answersThatDoNotMoveSayNothing() {
    assertThat(Metasmoothness.of(WITHOUT, WITHOUT, WITHOUT)).isNaN();
  }
}
