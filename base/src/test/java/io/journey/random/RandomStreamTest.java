package io.journey.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The seeds are fixed, so these tests of chance always give the same answer. */
class RandomStreamTest {
  private static final int N = 40_000;

  private final RandomStream stream = Seed.of(2026).child("test").stream();

  /** A change here changes every result of Journey: say so in CHANGES.md. */
  @Test
  void numbersAreThoseOfTheFirstRelease() {
    RandomStream pinned = Seed.of(7).child("noise").stream();
    assertThat(pinned.bits(0)).isEqualTo(-1382210116472985305L);
    assertThat(pinned.bits(1)).isEqualTo(-4991395192836274111L);
    assertThat(pinned.bits(1_000_000_007L)).isEqualTo(5673868486758916957L);
    assertThat(pinned.uniform(0)).isEqualTo(0.9250702394444273);
    assertThat(pinned.gaussian(0)).isEqualTo(1.4400278457422317);
    assertThat(pinned.permutation(8)).containsExactly(2, 7, 6, 3, 5, 0, 1, 4);
  }

  /** Two rounds of the SplitMix64 finalizer, written down a second time. */
  @Test
  void bitsAreTwoKeyedRoundsOfSplitMix() {
    Seed seed = Seed.of(3).child("x");
    for (long i : new long[] {0, 1, 99, 1L << 40}) {
      long inner = finalizer(seed.low() + (i + 1) * 0x9E3779B97F4A7C15L);
      assertThat(seed.stream().bits(i)).isEqualTo(finalizer(seed.high() ^ inner));
    }
  }

  private static long finalizer(long z) {
    z ^= z >>> 30;
    z *= 0xBF58476D1CE4E5B9L;
    z ^= z >>> 27;
    z *= 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return z;
  }

  @Test
  void uniformNumbersNeverReachTheEnds() {
    for (long bits : new long[] {0, -1L, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThat(RandomStream.unit(bits)).isGreaterThan(0).isLessThan(1);
      assertThat(NormalQuantile.of(RandomStream.unit(bits))).isBetween(-8.3, 8.3);
    }
  }

  /** Kolmogorov–Smirnov: 1.95/√n is passed by one fair sequence in a thousand. */
  @Test
  void uniformNumbersAreUniform() {
    double[] sorted = IntStream.range(0, N).mapToDouble(stream::uniform).sorted().toArray();
    double distance = 0;
    for (int i = 0; i < N; i++) {
      distance =
          Math.max(distance, Math.max(sorted[i] - i / (double) N, (i + 1.0) / N - sorted[i]));
    }
    assertThat(distance).isLessThan(1.95 / Math.sqrt(N));
  }

  /** Moments 1 to 4 of N(0,1), each within four of its standard errors. */
  @Test
  void gaussiansHaveTheMomentsOfAStandardNormal() {
    double[] expected = {0, 1, 0, 3};
    double[] variance = {1, 2, 15, 96};
    for (int k = 1; k <= 4; k++) {
      double sum = 0;
      for (int i = 0; i < N; i++) {
        sum += Math.pow(stream.gaussian(i), k);
      }
      double error = Math.sqrt(variance[k - 1] / N);
      assertThat(sum / N).as("moment %d", k).isCloseTo(expected[k - 1], within(4 * error));
    }
  }

  @Test
  void neighboursAndSiblingsAreUncorrelated() {
    RandomStream sibling = Seed.of(2026).child("tesu").stream();
    double neighbours = 0;
    double siblings = 0;
    for (int i = 0; i < N; i++) {
      neighbours += stream.gaussian(i) * stream.gaussian(i + 1);
      siblings += stream.gaussian(i) * sibling.gaussian(i);
    }
    assertThat(neighbours / N).isCloseTo(0, within(4 / Math.sqrt(N)));
    assertThat(siblings / N).isCloseTo(0, within(4 / Math.sqrt(N)));
  }

  @Test
  void fillingInPartsGivesTheSameNumbers() {
    float[] whole = new float[10];
    Seed.of(5).stream().fillGaussian(whole);
    float[] parts = new float[10];
    RandomStream second = Seed.of(5).stream();
    second.fillGaussian(parts, 0, 4);
    second.fillGaussian(parts, 4, 6);
    assertThat(parts).isEqualTo(whole);
    assertThat(whole[9]).isEqualTo((float) Seed.of(5).stream().gaussian(9));
  }

  /** χ² with 6 degrees of freedom exceeds 22.46 once in a thousand. */
  @Test
  void integersBelowABoundAreUniform() {
    int[] counts = new int[7];
    for (int i = 0; i < N; i++) {
      counts[stream.nextInt(7)]++;
    }
    assertThat(chiSquare(counts, N / 7.0)).isLessThan(22.46);
    assertThat(stream.nextInt(1)).isZero();
    assertThat(stream.nextInt(Integer.MAX_VALUE)).isNotNegative();
    assertThatThrownBy(() -> stream.nextInt(0)).isInstanceOf(IllegalArgumentException.class);
  }

  /** χ² with 23 degrees of freedom exceeds 49.73 once in a thousand. */
  @Test
  void allOrdersOfFourAreEquallyLikely() {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 24_000; i++) {
      counts.merge(Arrays.toString(stream.permutation(4)), 1, Integer::sum);
    }
    assertThat(counts).hasSize(24);
    int[] observed = counts.values().stream().mapToInt(Integer::intValue).toArray();
    assertThat(chiSquare(observed, 1000)).isLessThan(49.73);
  }

  @Test
  void aPermutationHoldsEveryNumberOnce() {
    int[] order = stream.permutation(1000);
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, 1000).toArray());
    assertThat(stream.permutation(0)).isEmpty();
  }

  private static double chiSquare(int[] counts, double expected) {
    return Arrays.stream(counts).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
  }
}
