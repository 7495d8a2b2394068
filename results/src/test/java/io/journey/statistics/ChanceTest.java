package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ChanceTest {
  /** Sums of logarithms of factorials lose a few of a double's sixteen digits. */
  private static final double ROUNDING = 1e-10;

  private static BigInteger choose(int n, int k) {
    if (k < 0 || k > n) {
      return BigInteger.ZERO;
    }
    BigInteger out = BigInteger.ONE;
    for (int i = 1; i <= k; i++) {
      out = out.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
    }
    return out;
  }

  @Test
  void drawingEqualsCountingWithWholeNumbers() {
    for (int x = 0; x <= 7; x++) {
      BigInteger hits = BigInteger.ZERO;
      for (int i = x; i <= 6; i++) {
        hits = hits.add(choose(9, i).multiply(choose(11, 6 - i)));
      }
      double expected = Math.log10(hits.doubleValue() / choose(20, 6).doubleValue());
      assertLog(Chance.drawnAtLeast(20, 9, 6, x), expected, x);
    }
    assertLog(Chance.drawnAtLeast(10, 8, 6, 4), 0, 4);
  }

  @Test
  void binomialEqualsTheSumOfItsTerms() {
    for (int x = 0; x <= 13; x++) {
      BigDecimal atLeast = BigDecimal.ZERO;
      BigDecimal atMost = BigDecimal.ZERO;
      BigDecimal p = new BigDecimal("0.05");
      for (int i = 0; i <= 12; i++) {
        BigDecimal term =
            new BigDecimal(choose(12, i))
                .multiply(p.pow(i))
                .multiply(BigDecimal.ONE.subtract(p).pow(12 - i));
        atLeast = i >= x ? atLeast.add(term) : atLeast;
        atMost = i <= x ? atMost.add(term) : atMost;
      }
      assertLog(Chance.binomialAtLeast(12, 0.05, x), Math.log10(atLeast.doubleValue()), x);
      assertLog(Chance.binomialAtMost(12, 0.05, x), Math.log10(atMost.doubleValue()), x);
    }
  }

  @Test
  void poissonEqualsOneMinusTheLowerTerms() {
    for (int x = 0; x <= 12; x++) {
      BigDecimal mean = new BigDecimal("3.6");
      BigDecimal term = BigDecimal.ONE;
      BigDecimal lower = BigDecimal.ZERO;
      for (int i = 0; i < x; i++) {
        lower = lower.add(term);
        term = term.multiply(mean).divide(BigDecimal.valueOf(i + 1), MathContext.DECIMAL128);
      }
      double expected = Math.log10(1 - lower.doubleValue() * Math.exp(-3.6));
      assertLog(Chance.poissonAtLeast(3.6, x), expected, x);
    }
    assertThat(Chance.poissonAtLeast(0, 1)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void certaintiesAndImpossibilities() {
    assertThat(Chance.binomialAtLeast(5, 0, 1)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Chance.binomialAtLeast(5, 1, 5)).isZero();
    assertThat(Chance.binomialAtLeast(5, 0.5, 6)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Chance.binomialAtLeast(1000, 1e-3, 900)).isBetween(-2600.0, -2500.0);
  }

  private static void assertLog(double actual, double expected, int x) {
    if (Double.isInfinite(expected)) {
      assertThat(actual).as("x %d", x).isEqualTo(expected);
    } else {
      assertThat(actual).as("x %d", x).isCloseTo(expected, within(ROUNDING));
    }
  }
}
