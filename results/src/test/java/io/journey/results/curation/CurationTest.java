package io.journey.results.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.SettingException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is dropped is what was said, and nothing else. */
class CurationTest {
  private static Signals signals(int index, double foreign, double against, String copyOf) {
    double copies = copyOf.isEmpty() ? Double.NaN : 1;
    return new Signals(
        index, "i" + index, "c", copies, copyOf, 0.1, "i0", 0.5, 0.0, "d", foreign, 1, against);
  }

  private static final List<Signals> ALL =
      List.of(
          signals(0, 0.3, -1, ""),
          signals(1, 0.9, 0.2, ""),
          signals(2, 0.9, 0.1, "i0"),
          signals(3, 0.95, -0.1, ""));

  @Test
  void theHighestScoresComeFirstAndEqualOnesInTheirOrder() {
    assertThat(Curation.ranked(ALL, Issue.FOREIGN))
        .extracting(Signals::index)
        .containsExactly(3, 1, 2, 0);
    assertThat(Curation.ranked(ALL, Issue.AGAINST))
        .extracting(Signals::index)
        .containsExactly(1, 2);
    assertThat(Curation.ranked(ALL, Issue.DUPLICATES))
        .extracting(Signals::index)
        .containsExactly(2);
  }

  @Test
  void whatIsDroppedMustBeSaidWithANumber() {
    assertThat(Curation.parseDropped("duplicates, foreign:1"))
        .isEqualTo(Map.of(Issue.DUPLICATES, Integer.MAX_VALUE, Issue.FOREIGN, 1));
    assertThat(Curation.parseDropped("self-influence:2,duplicates:3"))
        .isEqualTo(Map.of(Issue.SELF_INFLUENCE, 2, Issue.DUPLICATES, 3));
    refuses("mislabels", "must say how many", "mislabels:20");
    refuses("foreign:0", "foreign:0 has no number from 1");
    refuses("foreign:5%", "has no number from 1");
    refuses("foreign:1,foreign:2", "says foreign twice");
    refuses("ugly:3", "issue 'ugly' is unknown", "duplicates, twins, mislabels");
    refuses("", "is unknown");
  }

  private static void refuses(String text, String... parts) {
    assertThatThrownBy(() -> Curation.parseDropped(text))
        .isInstanceOf(SettingException.class)
        .hasMessageContainingAll(parts);
  }
}
