package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.scheduler.TimestepSpacing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();

  private final Safetensors golden = Safetensors.open(GOLDEN.resolve("ddpm/golden.safetensors"));

  @Test
  void alphaBarMatchesDiffusersInFloat64() {
    double[] expected = golden.doubles("alphas_cumprod_float64");
    for (int t = 0; t < 1000; t++) {
      assertThat(SCHEDULE.alphaBar(t)).isCloseTo(expected[t], within(1e-12));
    }
  }

  @Test
  void leadingTimestepsMatchDiffusers() {
    for (int n : new int[] {10, 50}) {
      long[] expected = golden.longs("timesteps_" + n);
      int[] found = TimestepSpacing.LEADING.timesteps(1000, n, 0);
      assertThat(found).hasSize(n);
      for (int i = 0; i < n; i++) {
        assertThat((long) found[i]).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void drawingsDoNotDependOnHowManyAreDrawnOrOnThreads() {
    try (Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve("unet-small"))) {
      Sampler sampler = Sampler.of(checkpoint, 10);
      List<Trajectory> five = sampler.sample(3, 5, 2, Progress.SILENT);
      List<Trajectory> two = sampler.sample(3, 2, 1, Progress.SILENT);
      assertThat(two.get(1).image()).isEqualTo(five.get(1).image());
      assertThat(two.get(1).xt()[9]).isEqualTo(five.get(1).xt()[9]);
      assertThat(five.get(0).image()).isNotEqualTo(five.get(1).image());
    }
  }

  @Test
  void aTrajectorySurvivesItsFile(@TempDir Path folder) {
    try (Checkpoint checkpoint = Checkpoint.read(GOLDEN.resolve("unet-three"))) {
      Sampler sampler = Sampler.of(checkpoint, 5);
      List<Trajectory> drawn = sampler.sample(1, 3, 1, Progress.SILENT);
      Path file = folder.resolve("t.safetensors");
      TrajectoryFile.write(file, drawn, sampler, 1);
      List<Trajectory> read = TrajectoryFile.read(file);
      for (int n = 0; n < 3; n++) {
        assertThat(read.get(n).xt()).isDeepEqualTo(drawn.get(n).xt());
        assertThat(read.get(n).x0()).isDeepEqualTo(drawn.get(n).x0());
        assertThat(read.get(n).image()).isEqualTo(drawn.get(n).image());
        assertThat(read.get(n).timesteps()).isEqualTo(drawn.get(n).timesteps());
        assertThat(read.get(n).modelFingerprint()).isEqualTo(checkpoint.fingerprint());
      }
      assertThatThrownBy(() -> read.get(0).indexOf(410))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("no step 410")
          .hasMessageContaining("nearest is 400");
    }
  }

  /** Golden states and noise of the toy model 0.3·x + 0.1·sin(t); float32 states. */
  @Test
  void tenStepsMatchDiffusers() {
    double[] states = golden.doubles("x_float64");
    int numel = 16;
    ImageShape shape = new ImageShape(1, 4, 4);
    try (Denoiser model = new ClosedFormDenoiser(shape, 0.3, t -> 0.1 * Math.sin(t))) {
      Sampler sampler = Sampler.of(new Checkpoint("toy", model, SCHEDULE, ""), 10);
      for (int n = 0; n < 2; n++) {
        int image = n;
        Trajectory drawn =
            new Drawing(
                    sampler,
                    golden.part("start", n * numel, numel),
                    s -> golden.part("noise", (2L * s + image) * numel, numel),
                    "",
                    Condition.NONE)
                .run(Progress.Task.SILENT);
        for (int s = 0; s < 10; s++) {
          float[] after = s < 9 ? drawn.xt()[s + 1] : drawn.image();
          for (int i = 0; i < numel; i++) {
            // Ten roundings of states of order 1 to float32.
            assertThat((double) after[i])
                .as("image %d, step %d, number %d", n, s, i)
                .isCloseTo(states[(2 * (s + 1) + n) * numel + i], within(3e-6));
          }
        }
      }
    }
  }

  @Test
  void tooManyInferenceStepsAreRefused() {
    assertThatThrownBy(() -> TimestepSpacing.LEADING.timesteps(1000, 1001, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and 1000");
  }
}
