package io.journey.results.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlipChanceTest {
  /** Sums of logarithms of factorials lose a few of a double's sixteen digits. */
  private static final double ROUNDING = 1e-10;

  /** Every choice of the highest and the lowest image at three steps, counted one by one. */
  @Test
  void equalsCountingAllOrdersOfFiveImages() {
    List<int[]> ends = new ArrayList<>();
    for (int high = 0; high < 5; high++) {
      for (int low = 0; low < 5; low++) {
        if (high != low) {
          ends.add(new int[] {high, low});
        }
      }
    }
    int flips = 0;
    for (int[] a : ends) {
      for (int[] b : ends) {
        for (int[] c : ends) {
          int[][] steps = {a, b, c};
          boolean flip = false;
          for (int[] s : steps) {
            for (int[] u : steps) {
              flip |= s[0] == u[1];
            }
          }
          flips += flip ? 1 : 0;
        }
      }
    }
    double all = Math.pow(ends.size(), 3);
    assertThat(FlipChance.of(5, 1, 3)).isCloseTo(flips / all, within(ROUNDING));
  }

  /** 20 000 draws: the standard error is at most 0.0036, four of them are allowed. */
  @Test
  void agreesWithDrawingOrders() {
    RandomStream random = Seed.of(1).child("orders").stream();
    int n = 40;
    int k = 3;
    int steps = 4;
    int flips = 0;
    for (int draw = 0; draw < 20_000; draw++) {
      boolean[] high = new boolean[n];
      boolean[] low = new boolean[n];
      for (int s = 0; s < steps; s++) {
        int[] order = random.permutation(n);
        for (int i = 0; i < k; i++) {
          high[order[i]] = true;
          low[order[n - 1 - i]] = true;
        }
      }
      boolean flip = false;
      for (int i = 0; i < n; i++) {
        flip |= high[i] && low[i];
      }
      flips += flip ? 1 : 0;
    }
    assertThat(FlipChance.of(n, k, steps)).isCloseTo(flips / 20_000.0, within(0.0145));
  }

  @Test
  void oneStepNeverFlipsAndCrowdedStepsAlwaysDo() {
    assertThat(FlipChance.of(100, 50, 1)).isZero();
    assertThat(FlipChance.of(50_000, 4000, 50)).isEqualTo(1);
    // Half of all at each end: only the same halves twice are no flip.
    assertThat(FlipChance.of(4, 2, 2)).isCloseTo(5.0 / 6, within(ROUNDING));
  }

  @Test
  void moreImagesAtTheEndsFlipMoreOften() {
    double before = 0;
    for (int k = 1; k <= 26; k += 5) {
      double chance = FlipChance.of(2000, k, 9);
      assertThat(chance).as("K %d", k).isGreaterThan(before);
      before = chance;
    }
  }
}
