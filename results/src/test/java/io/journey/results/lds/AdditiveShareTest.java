package io.journey.results.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sums over images can explain, where it is known. */
class AdditiveShareTest {
  private static final int SUBSETS = 200;
  private static final int[] ALL = {0, 1};

  @TempDir Path folder;

  private GroundTruth truth(List<BitSet> subsets, int examples, int targets, Answers answers) {
    return GroundTruth.open(
        FakeGroundTruth.write(
            folder.resolve("truth"),
            examples,
            subsets,
            1,
            new int[] {100, 200},
            targets,
            (j, seed, half, s, t) -> -answers.of(subsets.get(j), j, s, t)));
  }

  private interface Answers {
    double of(BitSet subset, int number, int step, int target);
  }

  private static List<BitSet> random(int examples, double fraction) {
    RandomSubsets random = new RandomSubsets(examples, fraction, 5);
    return IntStream.range(0, SUBSETS).mapToObj(random::subset).toList();
  }

  private static RandomStream stream(Object... names) {
    Seed seed = Seed.of(2);
    for (Object name : names) {
      seed = seed.child(name.toString());
    }
    return seed.stream();
  }

  private static double[] gaussians(int count, Object... names) {
    RandomStream stream = stream(names);
    return IntStream.range(0, count).mapToDouble(stream::gaussian).toArray();
  }

  private static double sum(BitSet subset, IntToDoubleFunction of) {
    return subset.stream().mapToDouble(of).sum();
  }

  /** Sums over 100 images, a part p of them in each subset, have a variance of 100·p(1 − p). */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9})
  void halfSumHalfNoiseIsHalf(double fraction) {
    double deviation = Math.sqrt(100 * fraction * (1 - fraction));
    GroundTruth truth =
        truth(
            random(100, fraction),
            100,
            20,
            (subset, j, s, t) -> {
              double[] scores = gaussians(100, "scores", s, t);
              double noise = gaussians(1, "noise", j, s, t)[0];
              return sum(subset, i -> scores[i]) + deviation * noise;
            });
    AdditiveShare found = AdditiveShare.of(truth, ALL);
    assertThat(found.share()).isCloseTo(0.5, within(0.1));
    assertThat(found.standardError()).isBetween(0.01, 0.08);
    assertThat(found.attainable()).isCloseTo(Math.sqrt(found.share()), within(1e-12));
    assertThat(found.low()).isLessThan(found.attainable());
    assertThat(found.high()).isGreaterThan(found.attainable());
  }

  /** What images do only in pairs is nobody's by itself: centred indicators, multiplied. */
  @Test
  void whatPairsDoIsNoSum() {
    GroundTruth truth =
        truth(
            random(60, 0.5),
            60,
            20,
            (subset, j, s, t) -> {
              double[] scores = gaussians(60 * 60, "pairs", s, t);
              double total = 0;
              for (int a = 0; a < 60; a++) {
                for (int b = 0; b < a; b++) {
                  total += scores[60 * a + b] * (subset.get(a) ? 1 : -1) * (subset.get(b) ? 1 : -1);
                }
              }
              return total;
            });
    AdditiveShare found = AdditiveShare.of(truth, ALL);
    assertThat(found.share()).isCloseTo(0, within(0.1));
    assertThat(found.low()).isZero();
  }

  /** Sums alone are all there is, whatever few numbers they are of: then ranks follow them. */
  @Test
  void sumsAreAllOfSums() {
    GroundTruth truth =
        truth(
            random(40, 0.5),
            40,
            20,
            (subset, j, s, t) -> {
              double[] scores = gaussians(40, "scores", s, t);
              return sum(subset, i -> scores[i]);
            });
    // Ranks of a normal sum are not quite linear in it: Spearman's ρ of r = 1 has 3/π of Pearson's.
    assertThat(AdditiveShare.of(truth, ALL).share()).isCloseTo(0.97, within(0.05));
  }

  @Test
  void subsetsThatOverlapAlikeTellNothing() {
    LeaveOneOut each = new LeaveOneOut(12);
    List<BitSet> subsets = IntStream.range(0, 12).mapToObj(each::subset).toList();
    GroundTruth truth =
        truth(subsets, 12, 2, (subset, j, s, t) -> gaussians(1, "noise", j, s, t)[0]);
    assertThat(AdditiveShare.of(truth, ALL)).isNull();
  }
}
