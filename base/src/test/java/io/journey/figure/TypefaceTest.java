package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.geom.Rectangle2D;
import java.text.Normalizer;
import org.junit.jupiter.api.Test;

/** The letters that come with Journey. */
class TypefaceTest {
  private static final double ROUNDING = 1e-9;

  /** DejaVu Sans has 2048 units in an em; its A is 1401 of them wide, the bold one 1585. */
  @Test
  void widthsAreThoseOfDejaVuSans() {
    assertThat(Typeface.REGULAR.width(2048, "A")).isEqualTo(1401);
    assertThat(Typeface.BOLD.width(2048, "A")).isEqualTo(1585);
    assertThat(Typeface.REGULAR.width(12, "AA")).isCloseTo(12 * 2802 / 2048.0, within(ROUNDING));
    assertThat(Typeface.REGULAR.width(12, "")).isZero();
  }

  /** Its A is 1493 units high and stands on the line. */
  @Test
  void lettersStandOnTheLine() {
    Rectangle2D a = Typeface.REGULAR.outline(2048, "A", 100, 5000).getBounds2D();
    assertThat(a.getMaxY()).isEqualTo(5000);
    assertThat(a.getHeight()).isEqualTo(1493);
    Rectangle2D second = Typeface.REGULAR.outline(2048, "AA", 100, 5000).getBounds2D();
    assertThat(second.getMinX()).isEqualTo(a.getMinX());
    assertThat(second.getMaxX()).isEqualTo(a.getMaxX() + 1401);
    assertThat(Typeface.REGULAR.outline(12, "  ", 0, 0).getBounds2D().isEmpty()).isTrue();
  }

  @Test
  void theLettersOfEuropeAndOfFormulasAreThere() {
    String letters =
        "Zażółć gęślą jaźń, Ωμέγα, Съешь, İstanbul, Tiếng Việt − – “x̂₀” … ≤ λ ℓ₂ ½ → ∞ ×";
    for (Typeface face : Typeface.values()) {
      letters.codePoints().forEach(c -> assertThat(face.has(c)).as(Character.toString(c)).isTrue());
    }
  }

  @Test
  void accentsApartAreTheSameLetter() {
    String apart = Normalizer.normalize("é", Normalizer.Form.NFD);
    assertThat(apart).hasSize(2);
    Rectangle2D whole = Typeface.BOLD.outline(12, "é", 0, 0).getBounds2D();
    assertThat(Typeface.BOLD.outline(12, apart, 0, 0).getBounds2D()).isEqualTo(whole);
  }

  @Test
  void aCharacterWithoutALetterIsABoxWithRoom() {
    assertThat(Typeface.REGULAR.has('衣')).isFalse();
    assertThat(Typeface.REGULAR.width(10, "衣服")).isEqualTo(20);
    assertThat(Typeface.REGULAR.outline(10, "衣", 0, 0).getBounds2D().getWidth()).isGreaterThan(3);
    // A mark of a writing without letters here stands above what is before it.
    assertThat(Typeface.REGULAR.width(10, "\u064B")).isZero();
  }
}
