package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StepAgreementTest {
  /** Rounding of at most a few hundred double additions. */
  private static final double ROUNDING = 1e-12;

  private static float[][] scores(int rows, int n, int levels, RandomStream random) {
    float[][] scores = new float[rows][n];
    for (float[] row : scores) {
      for (int i = 0; i < n; i++) {
        row[i] = random.nextInt(levels);
      }
    }
    return scores;
  }

  @Test
  void spearmanEqualsPearsonOfRanksCountedOneByOne() {
    RandomStream random = Seed.of(3).child("spearman").stream();
    for (int n = 2; n < 40; n++) {
      float[][] pair = scores(2, n, n < 20 ? 3 : 1000, random);
      assertThat(StepAgreement.spearman(pair[0], pair[1]))
          .as("n %d", n)
          .isCloseTo(pearson(ranks(pair[0]), ranks(pair[1])), within(ROUNDING));
    }
  }

  /** Rank = how many are smaller + half of the others that are equal + 1. */
  private static double[] ranks(float[] scores) {
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

  @Test
  void matricesEqualTheirPairs() {
    RandomStream random = Seed.of(4).child("matrices").stream();
    float[][] scores = scores(5, 37, 11, random);
    int[][] overlaps = StepAgreement.overlaps(scores, 10);
    double[][] spearmans = StepAgreement.spearmans(scores);
    double sum = 0;
    for (int a = 0; a < 5; a++) {
      for (int b = 0; b < 5; b++) {
        Set<Integer> shared = set(Ranking.top(scores[a], 10));
        shared.retainAll(set(Ranking.top(scores[b], 10)));
        assertThat(overlaps[a][b]).as("%d, %d", a, b).isEqualTo(shared.size());
        assertThat(spearmans[a][b])
            .isCloseTo(StepAgreement.spearman(scores[a], scores[b]), within(ROUNDING));
        sum += a == b ? 0 : shared.size();
      }
      assertThat(overlaps[a][a]).isEqualTo(10);
      assertThat(spearmans[a][a]).isCloseTo(1, within(ROUNDING));
    }
    assertThat(StepAgreement.meanOfPairs(overlaps)).isCloseTo(sum / 20, within(ROUNDING));
  }

  private static Set<Integer> set(int[] values) {
    Set<Integer> set = new HashSet<>();
    Arrays.stream(values).forEach(set::add);
    return set;
  }

  @Test
  void aRankingAgreesWithItselfAndOpposesItsReverse() {
    float[] up = {-3, 0, 2, 7};
    float[] down = {9, 4, 1, -8};
    assertThat(StepAgreement.spearman(up, up)).isCloseTo(1, within(ROUNDING));
    assertThat(StepAgreement.spearman(up, down)).isCloseTo(-1, within(ROUNDING));
    assertThat(StepAgreement.spearman(up, new float[4])).isZero();
    assertThat(StepAgreement.overlaps(new float[][] {up, down}, 2)[0][1]).isZero();
  }

  @Test
  void oneRankingHasNoPairs() {
    assertThat(StepAgreement.meanOfPairs(new int[][] {{10}})).isNaN();
  }

  @Test
  void differentSizesAreRefused() {
    assertThatThrownBy(() -> StepAgreement.spearman(new float[2], new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
