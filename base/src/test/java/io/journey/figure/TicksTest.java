package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Round numbers on axes. */
class TicksTest {
  @Test
  void ticksAreRoundEncloseTheNumbersAndTheirLabelsAreTheirValues() {
    RandomStream stream = Seed.of(11).child("ticks").stream();
    for (int i = 0; i < 500; i++) {
      double low = stream.gaussian(2 * i) * Math.pow(10, i % 8 - 3);
      double width = Math.exp(3 * stream.gaussian(2 * i + 1)) * Math.pow(10, i % 5 - 3);
      double high = low + Math.max(width, 1e-6 * Math.abs(low));
      Ticks ticks = Ticks.around(low, high, 6);
      assertThat(ticks.first()).isLessThanOrEqualTo(low + 1e-6 * (high - low));
      assertThat(ticks.last()).isGreaterThanOrEqualTo(high - 1e-6 * (high - low));
      assertThat(ticks.at().length).as("%s to %s", low, high).isBetween(3, 9);
      assertThat(ticks.labels()).as("%s to %s", low, high).doesNotHaveDuplicates();
      double step = ticks.at()[1] - ticks.at()[0];
      double leading = step / Math.pow(10, Math.floor(Math.log10(step * 1.0001)));
      assertThat(List.of(1L, 2L, 5L)).contains(Math.round(leading));
      assertThat(leading).isCloseTo(Math.round(leading), within(1e-2));
      for (int k = 0; k < ticks.at().length; k++) {
        double read = Double.parseDouble(ticks.labels().get(k).replace('\u2212', '-'));
        assertThat(read).isCloseTo(ticks.at()[k], within(step / 100));
      }
    }
  }

  @Test
  void numbersAreWrittenAsAReaderWould() {
    assertThat(Ticks.around(0, 1, 6).labels())
        .containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(Ticks.around(-40, 55, 6).labels())
        .containsExactly("\u221240", "\u221220", "0", "20", "40", "60");
    assertThat(Ticks.of(new double[] {0.1, 5, 512, 1.0 / 3}).labels())
        .containsExactly("0.1", "5", "512", "0.333333");
    assertThat(Ticks.around(0, 3e-8, 3).labels())
        .containsExactly("0", "1e\u22128", "2e\u22128", "3e\u22128");
  }
}
