package io.journey.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SquareResizeTest {
  /** Float results of values up to 255: half a unit in the last place is 1.6e-5 there. */
  private static final double FLOAT = 2e-5;

  @ParameterizedTest
  @CsvSource({"28,16", "28,9", "7,3", "28,14", "5,4", "32,1", "13,13"})
  void shrinkingAveragesTheAreaEachPixelCovers(int from, int to) {
    byte[] pixels = DatasetFiles.pixels(2 * from * from);
    float[] out = new SquareResize(from, to).apply(pixels, 2);

    for (int c = 0; c < 2; c++) {
      for (int y = 0; y < to; y++) {
        for (int x = 0; x < to; x++) {
          assertThat((double) out[(c * to + y) * to + x])
              .as("channel %d row %d column %d", c, y, x)
              .isCloseTo(areaMean(pixels, c, from, to, y, x), within(FLOAT));
        }
      }
    }
  }

  /** Cuts every source pixel into to×to equal cells; a new pixel is the mean of from×from cells. */
  private static double areaMean(byte[] pixels, int c, int from, int to, int y, int x) {
    long sum = 0;
    for (int v = y * from; v < (y + 1) * from; v++) {
      for (int u = x * from; u < (x + 1) * from; u++) {
        sum += pixels[(c * from + v / to) * from + u / to] & 0xFF;
      }
    }
    return (double) sum / (from * from);
  }

  @ParameterizedTest
  @CsvSource({"28,16", "28,9", "7,3", "31,30"})
  void shrinkingKeepsTheMean(int from, int to) {
    byte[] pixels = DatasetFiles.pixels(from * from);
    double before = 0;
    for (byte value : pixels) {
      before += (value & 0xFF) / (double) pixels.length;
    }
    double after = 0;
    for (float value : new SquareResize(from, to).apply(pixels, 1)) {
      after += value / (double) (to * to);
    }

    assertThat(after).isCloseTo(before, within(FLOAT));
  }

  @Test
  void doublingIsLinearBetweenCentresAndRepeatsTheBorder() {
    byte[] pixels = {0, 100, 100, (byte) 200};
    float[] out = new SquareResize(2, 4).apply(pixels, 1);

    assertThat(out)
        .containsExactly(
            0, 25, 75, 100, //
            25, 50, 100, 125, //
            75, 100, 150, 175, //
            100, 125, 175, 200);
  }

  @ParameterizedTest
  @CsvSource({"1,5", "3,7", "9,28"})
  void growingKeepsAPlainImagePlain(int from, int to) {
    byte[] pixels = new byte[from * from];
    Arrays.fill(pixels, (byte) 201);

    for (float value : new SquareResize(from, to).apply(pixels, 1)) {
      assertThat((double) value).isCloseTo(201, within(FLOAT));
    }
  }

  @ParameterizedTest
  @CsvSource({"2,5", "3,7", "9,28"})
  void growingKeepsARampLinearAwayFromTheBorder(int from, int to) {
    byte[] pixels = new byte[from * from];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (10 * (i % from));
    }
    float[] out = new SquareResize(from, to).apply(pixels, 1);

    for (int x = 0; x < to; x++) {
      double centre = (x + 0.5) * from / to - 0.5;
      double expected = 10 * Math.max(0, Math.min(from - 1, centre));
      assertThat((double) out[x]).as("column %d", x).isCloseTo(expected, within(FLOAT));
    }
  }
}
