package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
  @Test
  void topAndBottomEqualASortWithTiesByIndex() {
    RandomStream random = Seed.of(11).child("ranking").stream();
    for (int n = 0; n < 60; n++) {
      float[] scores = new float[n];
      for (int i = 0; i < n; i++) {
        scores[i] = (random.nextInt(9) - 4) * 0.5f;
      }
      int k = random.nextInt(n + 3);
      Comparator<Integer> byScore = Comparator.comparingDouble(i -> scores[i]);
      int[] lowest = IntStream.range(0, n).boxed().sorted(byScore).mapToInt(i -> i).toArray();
      int[] highest =
          IntStream.range(0, n).boxed().sorted(byScore.reversed()).mapToInt(i -> i).toArray();
      assertThat(Ranking.bottom(scores, k)).as("n %d", n).isEqualTo(head(lowest, k));
      assertThat(Ranking.top(scores, k)).as("n %d", n).isEqualTo(head(highest, k));
    }
  }

  private static int[] head(int[] order, int k) {
    return IntStream.of(order).limit(k).toArray();
  }

  @Test
  void minusZeroEqualsZeroAndInfinitiesAreTheEnds() {
    float[] scores = {0f, -0f, Float.NEGATIVE_INFINITY, 3, Float.POSITIVE_INFINITY, -2};
    assertThat(Ranking.top(scores, 6)).containsExactly(4, 3, 0, 1, 5, 2);
    assertThat(Ranking.places(scores)).containsExactly(3, 4, 6, 2, 1, 5);
  }

  @Test
  void equalScoresShareTheMeanOfTheirRanks() {
    assertThat(Ranking.ranks(new float[] {5, 1, 5, 5, 0})).containsExactly(4, 2, 4, 4, 1);
  }

  @Test
  void notANumberIsRefused() {
    assertThatThrownBy(() -> Ranking.top(new float[] {1, Float.NaN}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("score 1");
  }
}
