package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.scheduler.DdimScheduler;
import io.journey.scheduler.DdpmScheduler;
import io.journey.scheduler.Scheduler;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContinuationRunTest {
  private static final ImageShape SHAPE = new ImageShape(1, 2, 2);

  @TempDir Path folder;

  private static Checkpoint toy() {
    return new Checkpoint(
        "toy",
        new ClosedFormDenoiser(SHAPE, 0.3, t -> 0.1 * Math.sin(t)),
        NoiseSchedule.ddpm(),
        "f1");
  }

  private static ContinuationRun run(Sampler sampler, int samples, int... steps) {
    return new ContinuationRun(sampler, sampler.sample(5, 2, TestContext.of(1)), steps, samples, 9);
  }

  @Test
  void aDrawingContinuedWithItsOwnNoiseEndsInItsOwnPicture() {
    try (Checkpoint checkpoint = toy()) {
      for (Sampler sampler :
          List.of(
              Sampler.of(checkpoint, 10),
              Sampler.of(checkpoint, new DdimScheduler().withEta(0.5), 10))) {
        List<Trajectory> two = sampler.sample(5, 2, TestContext.of(1));
        List<Seed> seeds = List.of(Sampler.seed(5, 0), Sampler.seed(5, 1));
        for (int step : new int[] {900, 400, 0}) {
          float[][] xt = {
            two.get(0).xt()[two.get(0).indexOf(step)], two.get(1).xt()[two.get(1).indexOf(step)]
          };
          float[][] ends = sampler.finish(xt, step, Condition.NONE, seeds, Progress.Task.SILENT);
          assertThat(ends[0]).as("step %d", step).isEqualTo(two.get(0).image());
          assertThat(ends[1]).as("step %d", step).isEqualTo(two.get(1).image());
        }
      }
    }
  }

  /**
   * A model that always predicts ε = 0 says x̂0 = x_t/√ᾱ_t, unclipped. From step 100, with ten
   * steps of which 0 is the last, x_0 is Gaussian by formula 7 of Ho et al., divided by √ᾱ_0.
   */
  @Test
  void picturesHaveTheMeanAndSpreadOfTheClosedForm() {
    Scheduler unclipped = new DdpmScheduler().with("clip_sample", false);
    NoiseSchedule schedule = NoiseSchedule.ddpm();
    try (Checkpoint checkpoint =
        new Checkpoint("zero", new ClosedFormDenoiser(SHAPE, 0, t -> 0), schedule, "f0")) {
      ContinuationRun run = run(Sampler.of(checkpoint, unclipped, 10), 4000, 100);
      ContinuationRun.Pictures drawn = run.run(folder, TestContext.of(2));
      float[] xt = run.targets().get(1).xt()[run.targets().get(1).indexOf(100)];
      double now = schedule.alphaBar(100);
      double last = schedule.alphaBar(0);
      double beta = 1 - now / last;
      double mean =
          (Math.sqrt(last) * beta / (1 - now) / Math.sqrt(now)
                  + Math.sqrt(now / last) * (1 - last) / (1 - now))
              * xt[0]
              / Math.sqrt(last);
      double sigma = Math.sqrt(beta * (1 - last) / (1 - now) / last);
      double sum = 0;
      double squares = 0;
      for (float[] picture : drawn.read(1, 100)) {
        sum += picture[0];
        squares += (picture[0] - mean) * (picture[0] - mean);
      }
      // Five standard errors of 4000 samples.
      assertThat(sum / 4000).isCloseTo(mean, within(5 * sigma / Math.sqrt(4000)));
      assertThat(Math.sqrt(squares / 4000)).isCloseTo(sigma, within(5 * sigma / Math.sqrt(8000)));
    }
  }

  @Test
  void aPictureDependsNeitherOnHowManyAreDrawnNorOnStepsTargetsThreadsOrInterruptions()
      throws IOException {
    try (Checkpoint checkpoint = toy()) {
      Sampler sampler = Sampler.of(checkpoint, 10);
      ContinuationRun many = run(sampler, 45, 800, 300);
      Path whole = folder.resolve("whole");
      ContinuationRun.Pictures manyDrawn = many.run(whole, TestContext.of(2));
      ContinuationRun few =
          new ContinuationRun(sampler, many.targets().subList(1, 2), new int[] {300}, 3, 9);
      ContinuationRun.Pictures fewDrawn = few.run(folder.resolve("few"), TestContext.of(1));
      float[][] all = manyDrawn.read(1, 300);
      assertThat(fewDrawn.read(0, 300))
          .isDeepEqualTo(List.of(all).subList(0, 3).toArray(float[][]::new));
      assertThat(all[0]).isNotEqualTo(all[1]);

      Path killed = folder.resolve("killed");
      AtomicLong left = new AtomicLong(700);
      Progress killer =
          (task, total, unit) ->
              units -> {
                if (left.addAndGet(-units) < 0) {
                  throw new IllegalStateException("killed");
                }
              };
      assertThatThrownBy(() -> many.run(killed, TestContext.of(1, killer))).hasMessage("killed");
      assertThat(killed.resolve("manifest.json")).doesNotExist();
      many.run(killed, TestContext.of(1));
      for (String name : List.of("manifest.json", ContinuationRun.file(1, 800))) {
        assertThat(Files.readAllBytes(killed.resolve(name)))
            .isEqualTo(Files.readAllBytes(whole.resolve(name)));
      }
    }
  }

  @Test
  void whatCannotBeContinuedIsRefused() {
    try (Checkpoint checkpoint = toy()) {
      Sampler sampler = Sampler.of(checkpoint, 10);
      assertThatThrownBy(
              () -> run(Sampler.of(checkpoint, new DdimScheduler().withEta(0), 10), 3, 300))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("without noise");
      assertThatThrownBy(() -> run(sampler, 0, 300)).hasMessageContaining("at least 1, got 0");
      assertThatThrownBy(() -> run(sampler, 3, 350))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("no step 350");
      Path file = folder.resolve("t.safetensors");
      new SamplingRun(sampler, 5, 2).run(file, TestContext.of(1));
      TrajectoryFile targets = TrajectoryFile.open(file);
      assertThat(targets.sampler(checkpoint).timesteps()).isEqualTo(sampler.timesteps());
      Checkpoint other = new Checkpoint("other", checkpoint.model(), checkpoint.schedule(), "f2");
      assertThatThrownBy(() -> targets.sampler(other))
          .isInstanceOf(JourneyException.class)
          .hasMessageContainingAll("sampled from the checkpoint toy (f1…)", "other (f2…)");
    }
  }
}
