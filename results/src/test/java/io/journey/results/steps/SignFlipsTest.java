package io.journey.results.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.results.Attribution;
import io.journey.results.HandMadeScores;
import io.journey.results.steps.SignFlips.AtK;
import io.journey.results.steps.SignFlips.Flip;
import io.journey.run.Progress;
import io.journey.statistics.Ranking;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignFlipsTest {
  @TempDir Path folder;

  private static SignFlips of(Attribution attribution, Integer... ks) {
    return SignFlips.of(attribution, List.of(ks), 2, Progress.SILENT);
  }

  /** Image 2 of the first target is highest at 100 and second lowest at 300; the second is calm. */
  @Test
  void aFlipIsFoundWithItsStepsAndRanks() {
    float[] calm = {1, 2, 3, 4, 5, 6};
    float[][][] scores = {
      {{4, 5, 9, 1, 2, 3}, calm}, {{4, 5, 6, 1, 2, 3}, calm}, {{3, 4, 2, 1, 5, 6}, calm}
    };
    SignFlips found = of(HandMadeScores.of(folder, new int[] {100, 200, 300}, scores), 1, 2, 3);
    assertThat(found.flips().get(0)).isEqualTo(new Flip(0, 2, "image/2", "even", 100, 1, 300, 2));
    assertThat(found.flips().get(0).smallestK()).isEqualTo(2);
    assertThat(found.flips().get(1).target()).isEqualTo(1);
    assertThat(found.curve()).extracting(at -> at.share().mean()).containsExactly(0.0, 0.5, 0.5);
    // Top 2 of the first target: {2, 1}, {2, 1}, {5, 4}: one pair of three shares both.
    AtK two = found.curve().get(1);
    assertThat(two.overlap().mean()).isCloseTo((1 / 3.0 + 1) / 2, within(1e-12));
    assertThat(two.randomOverlap()).isEqualTo(2 / 6.0);
  }

  @Test
  void sharesEqualLookingAtEveryPairOfSteps() {
    int targets = 30;
    float[][][] scores = HandMadeScores.noise(4, targets, 60, 5);
    SignFlips found = of(HandMadeScores.of(folder, new int[] {1, 2, 3, 4}, scores), 1, 3, 7);
    for (AtK at : found.curve()) {
      int flips = 0;
      for (int target = 0; target < targets; target++) {
        boolean flip = false;
        for (int s = 0; s < 4; s++) {
          for (int u = 0; u < 4; u++) {
            Set<Integer> both = set(Ranking.top(scores[s][target], at.k()));
            both.retainAll(set(Ranking.bottom(scores[u][target], at.k())));
            flip |= s != u && !both.isEmpty();
          }
        }
        flips += flip ? 1 : 0;
      }
      assertThat(at.share().mean()).as("K %d", at.k()).isEqualTo(flips / (double) targets);
      // Random scores: within four standard errors of their own expectation.
      double error = Math.sqrt(at.randomShare() * (1 - at.randomShare()) / targets);
      assertThat(at.share().mean()).isCloseTo(at.randomShare(), within(4 * error));
    }
  }

  private static Set<Integer> set(int[] values) {
    Set<Integer> set = new HashSet<>();
    IntStream.of(values).forEach(set::add);
    return set;
  }

  /** Each half of the images can be at one end of a ranking only. */
  @Test
  void moreThanHalfOfTheImagesIsRefused() {
    Attribution five =
        HandMadeScores.of(folder, new int[] {1, 2}, HandMadeScores.noise(2, 1, 5, 1));
    assertThatThrownBy(() -> of(five, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and half of the 5 training images, 2, got 3");
    assertThat(of(five, 2).curve()).hasSize(1);
  }
}
