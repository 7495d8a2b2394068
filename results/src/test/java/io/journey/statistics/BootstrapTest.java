package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private static final double NORMAL = 1.959964;

  /** Of a mean the deviation over all resamples is √(Σ(x − x̄)²)/n, and the interval is normal. */
  @Test
  void theBootstrapOfAMeanHasItsClosedForm() {
    RandomStream random = Seed.of(2).child("values").stream();
    double[] values = IntStream.range(0, 100).mapToDouble(random::gaussian).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
    double expected = Math.sqrt(squares) / values.length;
    double[] means = new double[20_000];
    Bootstrap.resample(
        Seed.of(1),
        means.length,
        (b, resample) ->
            means[b] = Arrays.stream(resample.drawn(100)).mapToDouble(i -> values[i]).sum() / 100);
    Bootstrap found = Bootstrap.of(means);
    // Of 20 000 resamples a deviation has an error of 0.5 %, a 2.5 % quantile of 2 % of it.
    assertThat(found.deviation()).isCloseTo(expected, within(0.02 * expected));
    assertThat(found.low()).isCloseTo(mean - NORMAL * expected, within(0.08 * expected));
    assertThat(found.high()).isCloseTo(mean + NORMAL * expected, within(0.08 * expected));
  }

  /** As many lie outside on each side: the 25 lowest and the 25 highest of 1000. */
  @Test
  void theIntervalCutsOneFortiethOfEachSide() {
    double[] order =
        Arrays.stream(Seed.of(4).stream().permutation(1000)).asDoubleStream().toArray();
    Bootstrap found = Bootstrap.of(order);
    assertThat(found.low()).isEqualTo(25);
    assertThat(found.high()).isEqualTo(974);
    // n(n + 1)/12 is the variance of 0 … n − 1, of a sample.
    assertThat(found.deviation()).isCloseTo(Math.sqrt(1000 * 1001 / 12.0), within(1e-9));
  }

  @Test
  void resamplesComeFromTheirSeedAloneAndCountsAreThoseOfDraws() {
    int[][] drawn = new int[3][];
    Bootstrap.resample(Seed.of(7), 3, (b, resample) -> drawn[b] = resample.drawn(5));
    Bootstrap.resample(
        Seed.of(7),
        3,
        (b, resample) -> {
          int[] expected = new int[5];
          Arrays.stream(drawn[b]).forEach(i -> expected[i]++);
          assertThat(resample.counts(5)).containsExactly(expected);
        });
    assertThat(drawn[0]).isNotEqualTo(drawn[1]);
  }
}
