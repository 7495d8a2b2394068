package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.ForwardConfig;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.PredictionType;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.random.Seed;
import io.journey.scheduler.DdimScheduler;
import io.journey.scheduler.DdpmScheduler;
import io.journey.scheduler.Scheduler;
import io.journey.scheduler.TimestepSpacing;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DdimSchedulerTest {
  private static final ImageShape PIXEL = new ImageShape(1, 2, 2);
  private static final float[] IMAGE = {0.3f, -0.8f, 0.5f, 0.95f};

  @ParameterizedTest
  @EnumSource(PredictionType.class)
  void aModelThatKnowsTheImageDrawsItFromAnyStart(PredictionType type) {
    NoiseSchedule schedule = NoiseSchedule.of(ForwardConfig.DEFAULT.withPredictionType(type));
    try (Denoiser model = OracleDenoiser.of(PIXEL, schedule, IMAGE)) {
      Checkpoint checkpoint = new Checkpoint("oracle", model, schedule, "");
      Trajectory drawn =
          Sampler.of(checkpoint, new DdimScheduler().withEta(0), 20).sample(Seed.of(3));
      double noiseOfStart =
          (drawn.xt()[0][0] - share(schedule, 950) * IMAGE[0]) / rest(schedule, 950);
      for (int s = 0; s < 20; s++) {
        int t = drawn.timesteps()[s];
        for (int i = 0; i < 4; i++) {
          // x̂0 from ε in float32 has its rounding times 1/√ᾱ, at most 110.
          assertThat(drawn.x0()[s][i]).isCloseTo(IMAGE[i], within(5e-5f));
        }
        // Without noise of its own the sampler keeps ε: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε at every t.
        assertThat((double) drawn.xt()[s][0])
            .as("x_%d", t)
            .isCloseTo(
                share(schedule, t) * IMAGE[0] + rest(schedule, t) * noiseOfStart, within(3e-6));
      }
      assertThat(drawn.image()).containsExactly(IMAGE, within(5e-6f));
      Trajectory other =
          Sampler.of(checkpoint, new DdimScheduler().withEta(0), 20).sample(Seed.of(4));
      assertThat(other.xt()[0]).isNotEqualTo(drawn.xt()[0]);
      assertThat(other.image()).containsExactly(IMAGE, within(5e-6f));
    }
  }

  private static double share(NoiseSchedule schedule, int t) {
    return Math.sqrt(schedule.alphaBar(t));
  }

  private static double rest(NoiseSchedule schedule, int t) {
    return Math.sqrt(1 - schedule.alphaBar(t));
  }

  /** Song et al. 2021: η = 1 is DDPM with the smaller variance, where x̂0 is not clipped. */
  @Test
  void withEtaOneItIsDdpm() {
    Scheduler unclipped = new DdpmScheduler().with("clip_sample", false);
    try (Denoiser model = new ClosedFormDenoiser(PIXEL, 0.6, t -> 0.1 * Math.cos(t))) {
      Checkpoint checkpoint = new Checkpoint("toy", model, NoiseSchedule.ddpm(), "");
      Trajectory ddpm = Sampler.of(checkpoint, unclipped, 50).sample(Seed.of(1));
      Trajectory ddim =
          Sampler.of(checkpoint, new DdimScheduler().withEta(1).with("clip_sample", false), 50)
              .sample(Seed.of(1));
      float largest = 0;
      for (float[] x : ddpm.xt()) {
        for (float value : x) {
          largest = Math.max(largest, Math.abs(value));
        }
      }
      for (int i = 0; i < 4; i++) {
        assertThat(ddim.image()[i]).isCloseTo(ddpm.image()[i], within(5e-6f * largest));
      }
    }
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    try (Denoiser model = new ClosedFormDenoiser(PIXEL, 0, t -> 0)) {
      Checkpoint checkpoint = new Checkpoint("toy", model, NoiseSchedule.ddpm(), "");
      for (double eta : new double[] {-0.1, 1.1, Double.NaN}) {
        assertThatThrownBy(() -> Sampler.of(checkpoint, new DdimScheduler().withEta(eta), 10))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("eta must be in [0, 1]");
      }
      assertThatThrownBy(() -> new DdpmScheduler().withEta(0.5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("eta is DDIM's");
    }
  }

  @Test
  void noiseAtZeroSignalIsRefusedBeforeTheDrawing() {
    ForwardConfig none = ForwardConfig.DEFAULT;
    NoiseSchedule schedule =
        NoiseSchedule.of(
            new ForwardConfig(
                1000, 1e-4, 0.02, none.betaSchedule(), null, true, PredictionType.EPSILON));
    try (Denoiser model = new ClosedFormDenoiser(PIXEL, 0, t -> 0)) {
      Checkpoint checkpoint = new Checkpoint("toy", model, schedule, "");
      Scheduler trailing = new DdpmScheduler().with("timestep_spacing", TimestepSpacing.TRAILING);
      assertThatThrownBy(() -> Sampler.of(checkpoint, trailing, 10))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("step 999 is pure noise");
      assertThat(Arrays.stream(Sampler.of(checkpoint, 10).timesteps()).max()).hasValue(900);
    }
  }

  @Test
  void aDrawingThatLeavesTheNumbersIsAnError() {
    try (Denoiser model = new ClosedFormDenoiser(PIXEL, 1e30, t -> 0)) {
      Checkpoint checkpoint = new Checkpoint("wild", model, NoiseSchedule.ddpm(), "");
      assertThatThrownBy(
              () ->
                  Sampler.of(
                          checkpoint, new DdimScheduler().withEta(0).with("clip_sample", false), 10)
                      .sample(Seed.of(1)))
          .isInstanceOf(io.journey.run.JourneyException.class)
          .hasMessageContainingAll("wild", "leaves the numbers", "clip_sample");
    }
  }
}
