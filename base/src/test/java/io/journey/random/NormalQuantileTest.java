package io.journey.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalQuantileTest {
  /** Tabulated values; a wrong last digit of a coefficient would move them by more than 4e-15. */
  @ParameterizedTest
  @CsvSource({
    "0.5, 0",
    "0.25, -0.6744897501960817",
    "0.9, 1.2815515655446004",
    "0.975, 1.959963984540054",
    "0.01, -2.3263478740408408",
    "0.001, -3.090232306167813",
    "1e-5, -4.264890793922825",
    "1e-10, -6.361340902404056",
    "1e-20, -9.262340089798408"
  })
  void quantilesMatchTheTables(double p, double x) {
    assertThat(NormalQuantile.of(p)).isCloseTo(x, within(4e-15 * Math.max(1, Math.abs(x))));
  }

  /** The obvious way back: the distribution function by its series and its continued fraction. */
  @Test
  void distributionOfTheQuantileIsTheProbabilityInEveryBranch() {
    for (int e = 1; e <= 60; e++) {
      for (double mantissa : new double[] {0.55, 0.7, 0.85, 0.999}) {
        double p = Math.scalb(mantissa, -e);
        // An error of 1e-15 in x is one of about 1e-15 · x² in p, and x² stays below 90.
        assertThat(probabilityBelow(NormalQuantile.of(p)))
            .as("p = %s", p)
            .isCloseTo(p, Percentage.withPercentage(1e-11));
      }
    }
  }

  @Test
  void quantilesOfComplementsAreOpposite() {
    for (double p = 1.0 / 1024; p < 0.5; p += 1.0 / 1024) {
      assertThat(NormalQuantile.of(1 - p)).isEqualTo(-NormalQuantile.of(p));
    }
  }

  private static double probabilityBelow(double x) {
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (x < -3) {
      double fraction = 0;
      for (int k = 400; k >= 1; k--) {
        fraction = k / (-x + fraction);
      }
      return density / (-x + fraction);
    }
    double term = x;
    double sum = x;
    for (int k = 1; k < 200; k++) {
      term *= x * x / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
}
