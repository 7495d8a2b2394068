package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Numbers of a page beside those of sentences. */
class NumbersTest {
  /** −2.5537 was −2.55 and then −2.5 in a table, and −2.6 in the sentence above it. */
  @Test
  void tenthsAreThoseOfSentences() {
    assertThat(Numbers.tenths(-2.5537)).isEqualTo(-2.6);
    for (int i = 0; i < 100_000; i++) {
      double z = i / 10_000.0;
      assertThat(String.format(Locale.ROOT, "%.1f", z)).isEqualTo(Numbers.tenths(z) + "");
    }
  }
}
