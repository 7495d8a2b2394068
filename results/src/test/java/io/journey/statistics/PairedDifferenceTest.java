package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
  private static final double NORMAL = 1.959964;

  @Test
  void manyTargetsAndOneSetGiveTheIntervalOfANormalMean() {
    RandomStream random = Seed.of(3).child("targets").stream();
    int n = 400;
    double[] values = new double[n];
    double[][] of = new double[n][1];
    for (int t = 0; t < n; t++) {
      of[t][0] = 10 * random.gaussian(2L * t); // what targets share does not count
      values[t] = of[t][0] + 1 + random.gaussian(2L * t + 1);
    }
    PairedDifference found = PairedDifference.of(values, of, Seed.of(1));
    double error = found.over().standardError();
    assertThat(error).isCloseTo(1 / Math.sqrt(n), within(0.1 / Math.sqrt(n)));
    // A quantile of 10 000 resamples has an error of about 2.5 % of a standard error.
    assertThat(found.high()).isCloseTo(found.over().mean() + NORMAL * error, within(0.1 * error));
    assertThat(found.low()).isCloseTo(found.over().mean() - NORMAL * error, within(0.1 * error));
    assertThat(found.isLarger()).isTrue();
  }

  /** Random sets shared by all targets are lucky or not for all of them together. */
  @Test
  void theLuckOfSharedRandomSetsIsInTheIntervalThoughAllTargetsAgree() {
    double[] ofSets = new double[60];
    RandomStream random = Seed.of(4).child("sets").stream();
    for (int j = 0; j < ofSets.length; j++) {
      ofSets[j] = random.gaussian(j);
    }
    double[][] of = new double[20][];
    Arrays.fill(of, ofSets);
    PairedDifference found = PairedDifference.of(new double[20], of, Seed.of(1));
    assertThat(found.over().standardError()).isLessThan(1e-12);
    double error = Estimate.of(ofSets).standardError();
    assertThat(found.high() - found.low()).isCloseTo(2 * NORMAL * error, within(0.2 * error));
  }

  @Test
  void theSameEverywhereIsNoDifference() {
    PairedDifference found =
        PairedDifference.of(new double[] {2, 2}, new double[][] {{2}, {2}}, Seed.of(1));
    assertThat(found).isEqualTo(new PairedDifference(new Estimate(0, 0, 2), 0, 0));
    assertThat(found.isLarger() || found.isSmaller()).isFalse();
  }
}
