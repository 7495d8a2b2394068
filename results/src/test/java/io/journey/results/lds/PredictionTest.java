package io.journey.results.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PredictionTest {
  private static Prediction of(String name, double[]... settings) {
    double[][][][] sums = new double[settings.length][][][];
    double[] told = new double[settings.length];
    for (int d = 0; d < settings.length; d++) {
      told[d] = d;
      sums[d] = new double[][][] {{settings[d]}};
    }
    return new Prediction(name, told, sums);
  }

  /** Of 0, 1, 2 the deviations are −√1.5, 0, √1.5; of 30, 0, 0 they are √2, −√½, −√½. */
  @Test
  void aMeanIsOfDeviationsWhateverTheUnits() {
    Prediction one = of("a", new double[] {5, 6, 7});
    Prediction other = of("b", new double[] {1, 1, 1}, new double[] {30, 0, 0});
    Prediction mixed = one.with(other, 0, 0.5);
    assertThat(mixed.name()).isEqualTo("a + b");
    assertThat(mixed.dampings()).containsExactly(0, 0, 0.5, 0.5);
    double root = Math.sqrt(1.5);
    assertThat(mixed.sums()[0][0][0]).containsExactly(new double[] {-root, 0, root}, within(1e-12));
    assertThat(mixed.sums()[1][0][0]).isEqualTo(mixed.sums()[0][0][0]);
    assertThat(mixed.sums()[2][0][0])
        .containsExactly(new double[] {-root / 2, 0, root / 2}, within(1e-12));
    double half = Math.sqrt(0.5);
    assertThat(mixed.sums()[3][0][0])
        .containsExactly(
            new double[] {(2 * half - root) / 2, -half / 2, (root - half) / 2}, within(1e-12));
  }
}
