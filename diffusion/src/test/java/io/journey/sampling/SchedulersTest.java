package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.ForwardConfig;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.PredictionType;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.scheduler.DdimScheduler;
import io.journey.scheduler.DpmSolverMultistepScheduler;
import io.journey.scheduler.EulerAncestralDiscreteScheduler;
import io.journey.scheduler.EulerDiscreteScheduler;
import io.journey.scheduler.FinalSigmasType;
import io.journey.scheduler.PndmScheduler;
import io.journey.scheduler.Scheduler;
import io.journey.scheduler.Schedulers;
import io.journey.scheduler.TimestepSpacing;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the schedulers have in common, and where they are each other. */
class SchedulersTest {
  private static final ImageShape SHAPE = new ImageShape(1, 2, 2);
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();

  static Stream<String> names() {
    return Schedulers.names().stream();
  }

  private static Checkpoint toy(NoiseSchedule schedule) {
    return new Checkpoint(
        "toy", new ClosedFormDenoiser(SHAPE, 0.6, t -> 0.1 * Math.cos(t)), schedule, "f1");
  }

  private static Trajectory drawn(Checkpoint checkpoint, Scheduler scheduler, int steps) {
    return Sampler.of(checkpoint, scheduler, steps).sample(Seed.of(1));
  }

  private static void assertSameLatents(Trajectory found, Trajectory expected) {
    assertThat(found.timesteps()).isEqualTo(expected.timesteps());
    for (int s = 0; s < expected.timesteps().length; s++) {
      // Latents of order 1, rounded to float32 at each of up to 50 steps.
      assertThat(found.xt()[s])
          .as("x_%d", expected.timesteps()[s])
          .containsExactly(expected.xt()[s], within(2e-5f));
    }
    assertThat(found.image()).containsExactly(expected.image(), within(2e-5f));
  }

  /** Song et al. 2021, section 4.3: DDIM is Euler's method in x/√ᾱ over σ = √((1−ᾱ)/ᾱ). */
  @Test
  void eulerIsDdimWithoutClipping() {
    for (PredictionType type : PredictionType.values()) {
      try (Checkpoint checkpoint =
          toy(NoiseSchedule.of(ForwardConfig.DEFAULT.withPredictionType(type)))) {
        Scheduler ddim = new DdimScheduler().with("clip_sample", false);
        Scheduler euler =
            new EulerDiscreteScheduler(TimestepSpacing.LEADING, 0, FinalSigmasType.ZERO);
        assertSameLatents(drawn(checkpoint, euler, 50), drawn(checkpoint, ddim, 50));
      }
    }
  }

  /** Both add noise of the variance β̃ and keep the share of the noise in x_t. */
  @Test
  void eulerAncestralIsDdimWithEtaOneWithoutClipping() {
    try (Checkpoint checkpoint = toy(SCHEDULE)) {
      Scheduler ddim = new DdimScheduler().withEta(1).with("clip_sample", false);
      Scheduler ancestral = new EulerAncestralDiscreteScheduler(TimestepSpacing.LEADING, 0);
      assertSameLatents(drawn(checkpoint, ancestral, 50), drawn(checkpoint, ddim, 50));
    }
  }

  /** A constant x̂0 has no differences: every order of DPM-Solver++ is DDIM, which is exact. */
  @ParameterizedTest
  @MethodSource("names")
  void aModelThatKnowsTheImageDrawsIt(String name) {
    Scheduler scheduler = Schedulers.named(name);
    PredictionType type = name.equals("pndm") ? PredictionType.V_PREDICTION : PredictionType.SAMPLE;
    NoiseSchedule schedule = NoiseSchedule.of(ForwardConfig.DEFAULT.withPredictionType(type));
    double image = 0.4;
    try (Checkpoint checkpoint =
        new Checkpoint("oracle", OracleDenoiser.of(SHAPE, schedule, image), schedule, "f1")) {
      Trajectory drawn = drawn(checkpoint, scheduler.with("timestep_spacing", "leading"), 20);
      for (int s = 0; s < drawn.timesteps().length; s++) {
        assertThat(drawn.x0()[s][0]).isCloseTo((float) image, within(1e-5f));
      }
      // PNDM ends at ᾱ_0, with 1 % noise.
      assertThat(drawn.image()[0])
          .isCloseTo((float) image, within(name.equals("pndm") ? 0.05f : 1e-5f));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aDrawingContinuedFromItsStartEndsInItsOwnPicture(String name) {
    try (Checkpoint checkpoint = toy(SCHEDULE)) {
      Sampler sampler = Sampler.of(checkpoint, Schedulers.named(name), 12);
      Trajectory drawn = sampler.sample(Sampler.seed(5, 0));
      int first = drawn.timesteps()[0];
      float[][] ends =
          sampler.finish(
              new float[][] {drawn.xt()[0]},
              first,
              Condition.NONE,
              List.of(Sampler.seed(5, 0)),
              Progress.Task.SILENT);
      assertThat(ends[0]).isEqualTo(drawn.image());
    }
  }

  @Test
  void withoutMemoryADrawingContinuedAnywhereEndsInItsOwnPicture() {
    try (Checkpoint checkpoint = toy(SCHEDULE)) {
      for (String name : List.of("ddpm", "ddim", "euler", "euler-ancestral")) {
        Sampler sampler = Sampler.of(checkpoint, Schedulers.named(name), 12);
        Trajectory drawn = sampler.sample(Sampler.seed(5, 0));
        for (int s : new int[] {3, 11}) {
          float[][] xt = {drawn.xt()[s]};
          List<Seed> seeds = List.of(Sampler.seed(5, 0));
          int t = drawn.timesteps()[s];
          assertThat(sampler.finish(xt, t, Condition.NONE, seeds, Progress.Task.SILENT)[0])
              .as("%s from %d", name, t)
              .isEqualTo(drawn.image());
        }
      }
    }
  }

  /** Of first order both are DDIM: √ᾱ'·x̂0 + √(1−ᾱ')·ε̂, computed here in float64. */
  @Test
  void aContinuationWithMemoryBeginsWithAStepOfFirstOrder() {
    try (Checkpoint checkpoint = toy(SCHEDULE)) {
      for (Scheduler scheduler : List.of(new PndmScheduler(), new DpmSolverMultistepScheduler())) {
        Sampler sampler = Sampler.of(checkpoint, scheduler.with("timestep_spacing", "leading"), 19);
        Trajectory drawn = sampler.sample(Sampler.seed(5, 0));
        int s = 7;
        int t = drawn.timesteps()[s];
        int next = drawn.timesteps()[s + 1];
        float[] xt = drawn.xt()[s];
        float[] found =
            sampler
                .advance(
                    new float[][] {xt},
                    s,
                    s + 1,
                    Condition.NONE,
                    List.of(Seed.of(1)),
                    Progress.Task.SILENT)[0];
        float[] output = checkpoint.model().predict(xt, t, Condition.NONE);
        for (int i = 0; i < xt.length; i++) {
          double now = SCHEDULE.alphaBar(t);
          double then = SCHEDULE.alphaBar(t - (t - next));
          double x0 = (xt[i] - Math.sqrt(1 - now) * output[i]) / Math.sqrt(now);
          double expected = Math.sqrt(then) * x0 + Math.sqrt(1 - then) * output[i];
          assertThat((double) found[i])
              .as("%s, number %d", scheduler.name(), i)
              .isCloseTo(expected, within(1e-5));
        }
        assertThat(found).as("with its memory").isNotEqualTo(drawn.xt()[s + 1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aFileNamesItsSchedulerAndGivesItBack(String name, @TempDir Path folder) {
    try (Checkpoint checkpoint = toy(SCHEDULE)) {
      Scheduler scheduler = Schedulers.named(name).with("steps_offset", 2);
      Sampler sampler = Sampler.of(checkpoint, scheduler.with("timestep_spacing", "leading"), 10);
      Path file = folder.resolve("t.safetensors");
      new SamplingRun(sampler, 5, 2).run(file, 2, Progress.SILENT);
      Sampler read = TrajectoryFile.open(file).sampler(checkpoint);
      assertThat(read.scheduler()).isEqualTo(sampler.scheduler());
      assertThat(read.sample(Sampler.seed(5, 1)).image())
          .isEqualTo(TrajectoryFile.read(file).get(1).image());
    }
  }

  @Test
  void whatASchedulerCannotDrawIsRefused() {
    NoiseSchedule sample =
        NoiseSchedule.of(ForwardConfig.DEFAULT.withPredictionType(PredictionType.SAMPLE));
    assertThatThrownBy(() -> new PndmScheduler().steps(sample, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon or v_prediction");
    assertThatThrownBy(() -> new DpmSolverMultistepScheduler().steps(SCHEDULE, 1000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and 999");
    assertThatThrownBy(() -> new EulerDiscreteScheduler().with("clip_sample", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("euler has no option clip_sample");
  }
}
