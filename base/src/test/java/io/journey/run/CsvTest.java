package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

  /** Names that tables would compute; the second column is what stands in the file. */
  @Test
  void aTextIsNeverAFormulaAndIsReadBack() {
    String[][] cases = {
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\""},
      {"+1-800", "'+1-800"},
      {"-2+3", "'-2+3"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "\"'\t=1\""},
      {"\r=1", "\\u000d=1"},
      {"\n=1", "\"'\n=1\""},
      {"\uFF1D1", "'\uFF1D1"},
      {"'=1", "''=1"},
      {"''-x", "'''-x"},
      {"-", "'-"},
      {"a;=1", "\"a;=1\""},
    };
    for (String[] one : cases) {
      assertThat(Csv.quote(one[0])).isEqualTo(one[1]);
      assertThat(lines(Csv.quote(one[0]) + ",x\n")).containsExactly(List.of(one[0], "x"));
    }
  }

  /** Characters that a terminal would obey, and texts that look as they are written. */
  @Test
  void nothingCommandsATerminalAndAllIsReadBack() {
    String[][] cases = {
      {"a\u001b[2Jb", "a\\u001b[2Jb"},
      {"\u009b31m", "\\u009b31m"},
      {"\u0007\u0000\u007f", "\\u0007\\u0000\\u007f"},
      {"cat\u202egnp.exe", "cat\\u202egnp.exe"},
      {"\udb40\udc41", "\\udb40\\udc41"},
      {"a\rb", "a\\u000db"},
      {"\\u001b", "\\u005cu001b"},
      {"\\\\u001b", "\\\\u005cu001b"},
      {"\\\u001b", "\\\\u001b"},
      {"\\u005cu001b", "\\u005cu005cu001b"},
      {"=\u001b,", "\"'=\\u001b,\""},
      {"'=\u001b", "''=\\u001b"},
    };
    for (String[] one : cases) {
      assertThat(Csv.quote(one[0])).isEqualTo(one[1]);
      assertThat(lines(Csv.quote(one[0]) + ",x\n")).containsExactly(List.of(one[0], "x"));
    }
    for (String text : new String[] {"C:\\users\\u12", "\\U001b", "\\u001B", "a\\b"}) {
      assertThat(Csv.quote(text)).isEqualTo(text);
      assertThat(lines(text + "\n")).containsExactly(List.of(text));
    }
  }

  /** Every text comes back, and its field has nothing hidden but tabs and line feeds. */
  @Test
  void anyTextIsReadBack() {
    Random random = new Random(8);
    String letters = "\\u0015bc\u001b\r\n\t'=\",x\u202e";
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      String field = Csv.quote(text.toString());
      assertThat(field.replaceAll("[\t\n]", "").codePoints().noneMatch(Printable::isHidden))
          .isTrue();
      assertThat(lines(field + ",x\n")).containsExactly(List.of(text.toString(), "x"));
    }
  }

  @Test
  void numbersAndOrdinaryNamesStayAsTheyAre() {
    for (String text :
        new String[] {
          "-0.5",
          "+3",
          "-1.5e-07",
          "-.5",
          "0",
          "train/00042",
          "T-shirt/top",
          "it's",
          "'quoted'",
          "a=b",
          "x@y",
          "'",
          ""
        }) {
      assertThat(Csv.quote(text)).isEqualTo(text);
      assertThat(lines("x," + Csv.quote(text) + "\n")).containsExactly(List.of("x", text));
    }
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
