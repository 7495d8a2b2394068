package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RanksTest {
  private static final double ROUNDING = 1e-14;

  private static double[] levels(int n, int levels, RandomStream random) {
    return IntStream.range(0, n).mapToDouble(i -> random.nextInt(levels) - 1.0).toArray();
  }

  @Test
  void withTiesItIsPearsonOfRanksCountedOneByOne() {
    RandomStream random = Seed.of(3).child("spearman").stream();
    for (int n = 2; n < 40; n++) {
      double[] a = levels(n, n < 20 ? 3 : 1000, random);
      double[] b = levels(n, n < 20 ? 3 : 1000, random);
      assertThat(Ranks.of(a).spearman(Ranks.of(b)))
          .as("n %d", n)
          .isCloseTo(pearson(ranks(a), ranks(b)), within(ROUNDING));
    }
  }

  /** Rank = how many are smaller + half of the others that are equal + 1. */
  private static double[] ranks(double[] scores) {
    double[] ranks = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        ranks[i] += scores[j] < scores[i] ? 1 : scores[j] == scores[i] ? 0.5 : 0;
      }
      ranks[i] += 0.5;
    }
    return ranks;
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa * bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
  }

  /** 1 − 6·Σd²/(n(n² − 1)), for two orders without ties. */
  @Test
  void withoutTiesItIsTheClosedForm() {
    for (int n : new int[] {2, 3, 10, 1001}) {
      int[] first = Seed.of(n).child("first").stream().permutation(n);
      int[] second = Seed.of(n).child("second").stream().permutation(n);
      double squares = 0;
      for (int i = 0; i < n; i++) {
        squares += Math.pow(first[i] - second[i], 2);
      }
      double expected = 1 - 6 * squares / (n * ((double) n * n - 1));
      Ranks a = Ranks.of(Arrays.stream(first).mapToDouble(i -> Math.exp(i / 100.0)).toArray());
      Ranks b = Ranks.of(Arrays.stream(second).mapToDouble(i -> -1.0 / (i + 1)).toArray());
      assertThat(a.spearman(b)).as("n %d", n).isCloseTo(expected, within(ROUNDING));
    }
  }

  @Test
  void aResampleHasTheCorrelationOfItsWrittenOutList() {
    RandomStream random = Seed.of(5).child("resamples").stream();
    for (int trial = 0; trial < 50; trial++) {
      double[] left = levels(9, 5, random);
      double[] right = levels(9, 50, random);
      int[] counts = new int[9];
      int[] places = IntStream.generate(() -> random.nextInt(9)).limit(9).toArray();
      Arrays.stream(places).forEach(i -> counts[i]++);
      double[] a = Arrays.stream(places).mapToDouble(i -> left[i]).toArray();
      double[] b = Arrays.stream(places).mapToDouble(i -> right[i]).toArray();
      assertThat(Ranks.of(left).spearman(Ranks.of(right), counts))
          .isEqualTo(Ranks.of(a).spearman(Ranks.of(b)));
    }
  }

  @Test
  void minusZeroIsZeroAndInfinityIsAnEnd() {
    double[] a = {-0.0, 0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    assertThat(Ranks.of(a).spearman(Ranks.of(new double[] {5, 5, 9, 1}))).isEqualTo(1);
    assertThat(Ranks.of(new float[] {-0f, 0f}).spearman(Ranks.of(new float[] {1, 2}))).isZero();
  }

  @Test
  void notANumberAndOtherSizesAreRefused() {
    Ranks two = Ranks.of(new float[2]);
    assertThatThrownBy(() -> Ranks.of(new float[] {1, Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("score 1");
    assertThatThrownBy(() -> two.spearman(Ranks.of(new double[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 scores against 3");
    assertThatThrownBy(() -> two.spearman(two, new int[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
