package io.journey.results;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which steps of a trajectory are attributed. */
class TimestepsTest {
  private static final int[] DDIM = {981, 781, 581, 381, 181, 1};

  @Test
  void namedStepsStayAsTheyAreNamed() {
    assertThat(Timesteps.parse("100:300:100").among(DDIM)).containsExactly(100, 200, 300);
    assertThat(Timesteps.parse("981,1").among(DDIM)).containsExactly(1, 981);
  }

  @Test
  void nearestStepsAreTheTrajectorys() {
    assertThat(Timesteps.parse("100:900:100").nearest().among(DDIM))
        .containsExactly(181, 381, 581, 781, 981);
    assertThat(Timesteps.of(91).nearest().among(DDIM)).containsExactly(1); // as near as 181
    assertThat(Timesteps.of(92).nearest().among(DDIM)).containsExactly(181);
    assertThat(Timesteps.parse("100:900:100").nearest().among(new int[] {900, 500, 100, 0}))
        .containsExactly(100, 500, 900);
  }
}
