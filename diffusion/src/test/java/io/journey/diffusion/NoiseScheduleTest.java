package io.journey.diffusion;

import static io.journey.diffusion.PredictionType.EPSILON;
import static io.journey.diffusion.PredictionType.V_PREDICTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class NoiseScheduleTest {
  @Test
  void anImageGoneBeforeTheLastStepIsRefused() {
    ForwardConfig config =
        new ForwardConfig(
            3, 1e-4, 0.02, BetaSchedule.LINEAR, List.of(0.1, 1.0, 0.5), false, EPSILON);
    assertThatThrownBy(() -> NoiseSchedule.of(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ᾱ_1 is 0.0");
  }

  @Test
  void predictedNoiseAndImageAreWhatWasMixedWhateverIsPredicted() {
    for (PredictionType type : PredictionType.values()) {
      for (double alphaBar : List.of(0.9999, 0.5, 1e-4)) {
        double signal = Math.sqrt(alphaBar);
        double sigma = Math.sqrt(1 - alphaBar);
        double image = 0.7;
        double noise = -1.3;
        double xt = signal * image + sigma * noise;
        double output = type.target(image, noise, signal, sigma);
        // One rounding of x_t, divided by the smaller share, 0.01.
        assertThat(type.original(xt, output, signal, sigma))
            .as("x̂0 of %s at ᾱ = %s", type, alphaBar)
            .isCloseTo(image, within(1e-13));
        assertThat(type.noise(xt, output, signal, sigma))
            .as("ε̂ of %s at ᾱ = %s", type, alphaBar)
            .isCloseTo(noise, within(1e-13));
      }
    }
  }

  @Test
  void noImageFollowsFromPredictedNoiseWhereThereIsOnlyNoise() {
    NoiseSchedule epsilon = zeroSnr(EPSILON);
    assertThat(epsilon.alphaBar(999)).isZero();
    epsilon.requireEstimable(998);
    assertThatThrownBy(() -> epsilon.predictedOriginal(new float[1], new float[1], 999))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("step 999 is pure noise", "leading spacing");
    NoiseSchedule velocity = zeroSnr(V_PREDICTION);
    assertThat(velocity.predictedOriginal(new float[] {9}, new float[] {-0.5f}, 999))
        .containsExactly(0.5f);
  }

  private static NoiseSchedule zeroSnr(PredictionType type) {
    return NoiseSchedule.of(
        new ForwardConfig(1000, 1e-4, 0.02, BetaSchedule.LINEAR, null, true, type));
  }
}
