package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Float16Test {
  /** The definition of binary16, written down plainly. */
  private static double value(int bits) {
    double sign = bits >>> 15 == 0 ? 1 : -1;
    int exponent = (bits >>> 10) & 31;
    int fraction = bits & 1023;
    if (exponent == 31) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * fraction * Math.pow(2, -24)
        : sign * (1024 + fraction) * Math.pow(2, exponent - 25);
  }

  @Test
  void everyHalfHasTheValueOfItsBits() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertThat(Double.compare(Float16.toFloat((short) bits), value(bits)))
          .as("%04x", bits)
          .isZero();
    }
  }

  @Test
  void everyHalfComesBackFromFloat() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Float16.toFloat((short) bits);
      short back = Float16.of(value);
      if (Float.isNaN(value)) {
        assertThat(Float16.toFloat(back)).as("%04x", bits).isNaN();
      } else {
        assertThat(back).as("%04x", bits).isEqualTo((short) bits);
      }
    }
  }

  /** 65520 is half a step beyond the largest half, 65504: the tie goes to the even infinity. */
  @Test
  void betweenTwoHalvesTheNearerIsTakenAndTheEvenOneOnATie() {
    for (int bits = 0; bits < 0x7C00; bits++) {
      double above = bits == 0x7BFF ? 65536 : value(bits + 1);
      float middle = (float) ((value(bits) + above) / 2);
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat(Float16.of(middle)).as("%04x", bits).isEqualTo((short) even);
      assertThat(Float16.of(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(Float16.of(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(Float16.of(-middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @Test
  void whatIsTooLargeIsInfinite() {
    assertThat(Float16.of(Float.MAX_VALUE)).isEqualTo((short) 0x7C00);
    assertThat(Float16.of(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xFC00);
    assertThat(Float16.of(Float.MIN_VALUE)).isZero();
  }
}
