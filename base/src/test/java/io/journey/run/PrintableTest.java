package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What commands a terminal or turns text around is shown, not done. */
class PrintableTest {
  @Test
  void escapesAndMarksOfDirectionAreWrittenOut() {
    assertThat(Printable.of("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
    assertThat(Printable.of("\u009b31m")).as("an escape of one byte").isEqualTo("\\u009b31m");
    assertThat(Printable.of("cat\u202egnp.exe")).isEqualTo("cat\\u202egnp.exe");
    for (int mark : new int[] {0x61C, 0x200E, 0x200F, 0x202A, 0x2066, 0x2069, 0x200B, 0xFEFF}) {
      assertThat(Printable.of(Character.toString(mark))).isEqualTo(String.format("\\u%04x", mark));
    }
    assertThat(Printable.of("\ud83d")).as("half a character").isEqualTo("\\ud83d");
    assertThat(Printable.of("\udb40\udc41")).as("an invisible tag").isEqualTo("\\udb40\\udc41");
    assertThat(Printable.of("a\nb\rc\u2028d\u007f")).isEqualTo("a\\u000ab\\u000dc\\u2028d\\u007f");
  }

  @Test
  void lettersOfAllPeopleStay() {
    for (String text :
        new String[] {
          "été", "Ελλάδα", "حصان", "می\u200cخواهم", "猫", "👩\u200d👧", "a'b\"<c>", ""
        }) {
      assertThat(Printable.of(text)).isEqualTo(text);
    }
  }
}
