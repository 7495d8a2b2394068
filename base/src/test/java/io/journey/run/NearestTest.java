package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("--precision", "--prompt", "--out", "ddim", "ddpm", "kite", "captions");

  @ParameterizedTest
  @CsvSource({
    "--promt, --prompt",
    "--Prompt, --prompt",
    "dimm, ddim",
    "kyte, kite",
    "captoins, captions",
    "--ot, --out"
  })
  void aSlipOfTheFingersIsUnderstood(String typed, String meant) {
    assertThat(Nearest.to(typed, KNOWN)).contains(meant);
    assertThat(Nearest.question(typed, KNOWN)).isEqualTo("; did you mean " + meant + "?");
  }

  @ParameterizedTest
  @CsvSource({"--frequency", "zebra", "k", "xyz"})
  void whatIsLikeNoNameIsNotGuessed(String typed) {
    assertThat(Nearest.question(typed, KNOWN)).isEmpty();
  }
}
