package io.journey.results.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.ExampleTable.Example;
import io.journey.run.SettingException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HiddenSourceTest {
  static HiddenSource of(int examples, int targets, int[] steps, int... hidden) {
    BitSet images = new BitSet();
    IntStream.of(hidden).forEach(images::set);
    List<Example> all =
        IntStream.range(0, examples).mapToObj(i -> new Example("train/" + i, "")).toList();
    return new HiddenSource(steps, targets, all, "data", "targets", images);
  }

  private static HiddenSource hiding(int examples, int... hidden) {
    return of(examples, 2, new int[] {100}, hidden);
  }

  @Test
  void precisionIsTheMeanOverHiddenImagesOfTheShareAboveThem() {
    double[] scores = {5, 4, 3, -2, 1};
    assertThat(hiding(5, 0, 2).averagePrecision(scores))
        .isCloseTo((1 / 1.0 + 2 / 3.0) / 2, within(1e-12));
    assertThat(hiding(5, 0, 1).averagePrecision(scores)).isEqualTo(1);
    assertThat(hiding(5, 3).averagePrecision(scores)).isCloseTo(1 / 5.0, within(1e-12));
  }

  @Test
  void imagesOfOneScoreShareTheirPlaces() {
    double[] scores = {1, 1, 1, 0};
    assertThat(hiding(4, 1).averagePrecision(scores)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(hiding(4, 1).recall(scores, 1)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(hiding(4, 1).recall(scores, 3)).isEqualTo(1);
    assertThat(hiding(4, 3).recall(scores, 3)).isZero();
    assertThat(hiding(4, 3).recall(scores, 9)).isEqualTo(1);
  }

  /** Without ties: walk down the ranking, and add the precision wherever a hidden image stands. */
  @Test
  void precisionAndRecallAreThoseOfAWalkDownTheRanking() {
    int n = 57;
    HiddenSource source = hiding(n, 3, 8, 9, 31, 56);
    RandomStream stream = Seed.of(4).child("scores").stream();
    double mean = 0;
    for (int trial = 0; trial < 400; trial++) {
      int first = trial * n;
      double[] scores =
          IntStream.range(0, n).mapToDouble(i -> stream.gaussian(first + i)).toArray();
      List<Integer> order =
          IntStream.range(0, n)
              .boxed()
              .sorted((a, b) -> Double.compare(scores[b], scores[a]))
              .toList();
      double precision = 0;
      int found = 0;
      double recall = 0;
      for (int rank = 1; rank <= n; rank++) {
        if (source.hidden().get(order.get(rank - 1))) {
          found++;
          precision += (double) found / rank / 5;
        }
        recall = rank == 10 ? found / 5.0 : recall;
      }
      assertThat(source.averagePrecision(scores)).isCloseTo(precision, within(1e-12));
      assertThat(source.recall(scores, 10)).isCloseTo(recall, within(1e-12));
      mean += precision / 400;
    }
    assertThat(mean).isCloseTo(source.chance(), within(0.02));
  }

  /** All ten pairs that may be hidden among five. */
  @Test
  void chanceIsTheMeanOverAllOrders() {
    double[] scores = {5, 4, 3, 2, 1};
    double sum = 0;
    for (int a = 0; a < 5; a++) {
      for (int b = a + 1; b < 5; b++) {
        sum += hiding(5, a, b).averagePrecision(scores);
      }
    }
    assertThat(hiding(5, 0, 1).chance()).isCloseTo(sum / 10, within(1e-12));
  }

  @Test
  void someAreHiddenAmongOthers() {
    assertThatThrownBy(() -> hiding(3))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("some of the 3 training images are hidden among others, got 0");
    assertThatThrownBy(() -> hiding(2, 0, 1)).hasMessageContaining("got 2");
  }
}
