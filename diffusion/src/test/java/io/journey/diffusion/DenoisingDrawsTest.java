package io.journey.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.condition.Conditioning;
import io.journey.condition.TextStates;
import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenoisingDrawsTest {
  private static final int NUMEL = 6;

  private static DenoisingDraws stratified(int seed, int draws) {
    return DenoisingDraws.stratified(
        new float[NUMEL], Condition.NONE, TimestepDistribution.uniform(1000), Seed.of(seed), draws);
  }

  /** What a model makes of an entry is summed over its rows, which must be of one image. */
  @Test
  void imagesOfABatchShareNoEntryThoughTheyHaveOneCaption() {
    Condition caption = new Condition.Caption("a cat", TextStates.of(new float[6], 3, 2));
    DenoisingDraws image =
        DenoisingDraws.uniform(new float[4], caption, NoiseSchedule.ddpm(), Seed.of(1), 3);
    try (PointerScope scope = new PointerScope()) {
      Conditioning conditions =
          DenoisingBatch.of(
                  List.of(image, image),
                  new ImageShape(1, 2, 2),
                  NoiseSchedule.ddpm(),
                  ScalarType.Float)
              .input()
              .condition();
      assertThat(conditions.entries()).containsExactly(caption, caption);
      assertThat(conditions.ofRows()).containsExactly(0, 1, 0, 1, 0, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 20})
  void everyPartOfTheStepsHasOnePairOfOppositeNoises(int count) {
    DenoisingDraws draws = stratified(1, count);
    for (int r = 0; r < count; r++) {
      int first = r / 2 * 2;
      int end = Math.min(count, first + 2);
      assertThat(draws.timesteps()[r]).isBetween(1000 * first / count, 1000 * end / count);
      if (r % 2 == 1) {
        assertThat(draws.timesteps()[r]).isEqualTo(draws.timesteps()[r - 1]);
        for (int i = 0; i < NUMEL; i++) {
          assertThat(draws.noise()[r * NUMEL + i]).isEqualTo(-draws.noise()[(r - 1) * NUMEL + i]);
        }
      }
    }
  }

  /** Over many seeds a draw has the distribution of the training loss: uniform t, Gaussian ε. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5})
  void overSeedsStepsAreUniformAndNoiseIsGaussian(int count) {
    int seeds = 4000;
    int[] tenths = new int[10];
    double sum = 0;
    double squares = 0;
    for (int s = 0; s < seeds; s++) {
      DenoisingDraws draws = stratified(s, count);
      for (int t : draws.timesteps()) {
        tenths[t / 100]++;
      }
      float first = draws.noise()[0];
      sum += first;
      squares += first * first;
    }
    for (int tenth : tenths) {
      assertThat((double) tenth).isCloseTo(seeds * count / 10.0, within(6 * 20.0 * count));
    }
    assertThat(sum / seeds).isCloseTo(0, within(5 / Math.sqrt(seeds)));
    assertThat(squares / seeds).isCloseTo(1, within(5 * Math.sqrt(2.0 / seeds)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aStepsDrawsAreOppositePairsAtThatStep(int count) {
    DenoisingDraws draws =
        DenoisingDraws.atStep(new float[NUMEL], Condition.NONE, 300, Seed.of(3), count);
    assertThat(draws.timesteps()).containsOnly(300);
    assertThat(draws.count()).isEqualTo(count);
    for (int r = 1; r < count; r += 2) {
      assertThat(draws.noise()[r * NUMEL]).isEqualTo(-draws.noise()[(r - 1) * NUMEL]);
    }
    if (count > 2) {
      assertThat(draws.noise()[2 * NUMEL]).isNotEqualTo(draws.noise()[0]);
    }
  }

  /** Σ_t h(t)/T, by draws where a density says: unbiased, whatever the density. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10})
  void weightedMeansOverSeedsAreMeansOverSteps(int count) {
    TimestepDistribution distribution =
        TimestepDistribution.of(1000, new int[] {50, 400, 950}, new double[] {8, 1, 0});
    int seeds = 4000;
    double sum = 0;
    double squares = 0;
    int early = 0;
    for (int s = 0; s < seeds; s++) {
      DenoisingDraws draws =
          DenoisingDraws.stratified(new float[1], Condition.NONE, distribution, Seed.of(s), count);
      double mean = 0;
      for (int r = 0; r < count; r++) {
        int t = draws.timesteps()[r];
        mean += draws.weights()[r] * Math.cos(t * 0.005) / count;
        early += t < 200 ? 1 : 0;
      }
      sum += mean;
      squares += mean * mean;
    }
    double expected = 0;
    for (int t = 0; t < 1000; t++) {
      expected += Math.cos(t * 0.005) / 1000;
    }
    double mean = sum / seeds;
    double error = Math.sqrt((squares / seeds - mean * mean) / seeds);
    assertThat(mean).isCloseTo(expected, within(5 * error + 1e-6));
    // The density's share below 200 is 0.7 of its whole, a fifth of the uniform tenth.
    assertThat((double) early / seeds / count).isBetween(0.55, 0.75);
  }

  @Test
  void noWeightExceedsTen() {
    TimestepDistribution distribution =
        TimestepDistribution.of(1000, new int[] {0, 1, 999}, new double[] {1, 0, 0});
    for (int t = 0; t < 1000; t++) {
      assertThat(distribution.weight(t)).isLessThan(10.000001);
    }
    assertThat(TimestepDistribution.of(10, new int[] {5}, new double[] {0}).weight(3))
        .isCloseTo(1, within(1e-12));
    assertThat(TimestepDistribution.uniform(10).at(0.999999)).isEqualTo(9);
    assertThat(TimestepDistribution.uniform(10).at(0)).isZero();
  }
}
