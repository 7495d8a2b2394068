package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables as text. */
class CsvTest {
  private static List<List<String>> lines(String text) {
    List<List<String>> lines = new ArrayList<>();
    Csv.lines(text, "table", lines::add);
    return lines;
  }

  @Test
  void whatIsQuotedIsReadBack() {
    List<String> fields = List.of("plain", "a,b", "say \"no\"", "two\nlines", "", "\r", "é");
    StringBuilder text = new StringBuilder();
    fields.forEach(field -> text.append(text.isEmpty() ? "" : ",").append(Csv.quote(field)));
    assertThat(lines(text + "\n")).containsExactly(fields);
  }

  @Test
  void aLastLineNeedsNoEndAndLinesMayEndAsOnWindows() {
    assertThat(lines("a,b\r\nc,\r\nd"))
        .containsExactly(List.of("a", "b"), List.of("c", ""), List.of("d"));
    assertThat(lines("")).isEmpty();
  }

  @Test
  void aLineOfEndlessFieldsIsRefused() {
    assertThatThrownBy(() -> lines(",".repeat(20_000)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("more than 10000 fields");
  }
}
