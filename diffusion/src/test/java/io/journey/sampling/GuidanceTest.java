package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.ClassNames;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.model.InputRange;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.scheduler.DdimScheduler;
import io.journey.scheduler.Scheduler;
import io.journey.scheduler.SchedulerConfig;
import io.journey.scheduler.Schedulers;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceTest {
  private static final ImageShape SHAPE = new ImageShape(1, 2, 2);
  private static final int NULL_CLASS = 2;
  private static final Condition ONE = new Condition.ClassLabel(1);
  private static final List<Double> SHIFTS = List.of(0.3, -0.4, 0.1);

  private static Checkpoint checkpoint(Denoiser model, OptionalInt nullClass) {
    return new Checkpoint(
        "toy",
        model,
        NoiseSchedule.ddpm(),
        SchedulerConfig.DEFAULT,
        "f1",
        ClassNames.NONE.withNullClass(nullClass));
  }

  private static Checkpoint conditional() {
    return checkpoint(
        new ClassShiftDenoiser(new ClosedFormDenoiser(SHAPE, 0.3, t -> 0), SHIFTS),
        OptionalInt.of(NULL_CLASS));
  }

  /** Linear in its outputs, the model under guidance is one whose shift is s_∅ + w·(s_c − s_∅). */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1, 3, 7.5})
  void aGuidedModelIsTheModelOfTheCombinedShift(double weight) {
    double shift = SHIFTS.get(NULL_CLASS) + weight * (SHIFTS.get(1) - SHIFTS.get(NULL_CLASS));
    for (String name : Schedulers.names()) {
      Scheduler scheduler = Schedulers.named(name);
      try (Checkpoint guided = conditional();
          Checkpoint combined =
              checkpoint(new ClosedFormDenoiser(SHAPE, 0.3, t -> shift), OptionalInt.empty())) {
        Trajectory found =
            Sampler.of(guided, scheduler, 12)
                .withGuidance(new Guidance(weight))
                .sample(Seed.of(3), ONE);
        Trajectory expected = Sampler.of(combined, scheduler, 12).sample(Seed.of(3));
        float largest = 0;
        for (float[] xt : expected.xt()) {
          for (float value : xt) {
            largest = Math.max(largest, Math.abs(value));
          }
        }
        for (int s = 0; s < 12; s++) {
          // Outputs are rounded to float32 before they are combined: w times 6e-8, over 12 steps.
          assertThat(found.xt()[s])
              .as("%s, step %d", name, s)
              .containsExactly(expected.xt()[s], within(1e-5f * largest));
        }
        assertThat(found.guidance()).isEqualTo(new Guidance(weight));
      }
    }
  }

  @Test
  void aGuidedDrawingContinuedEndsInItsOwnPicture() {
    try (Checkpoint checkpoint = conditional()) {
      Sampler sampler =
          Sampler.of(checkpoint, new DdimScheduler().withEta(0.5), 10)
              .withGuidance(new Guidance(3));
      Trajectory drawn = sampler.sample(Sampler.seed(5, 0), ONE);
      float[][] xt = {drawn.xt()[4]};
      float[][] ends =
          sampler.finish(
              xt, drawn.timesteps()[4], ONE, List.of(Sampler.seed(5, 0)), Progress.Task.SILENT);
      assertThat(ends[0]).isEqualTo(drawn.image());
    }
  }

  @Test
  void theNullClassIsNoClassOfImages() {
    try (Checkpoint checkpoint = conditional()) {
      assertThat(checkpoint.inputs().conditioning().classes()).isEqualTo(new InputRange(0, 1));
    }
  }

  @Test
  void guidanceWithoutANullClassIsRefused() {
    try (Checkpoint checkpoint =
        checkpoint(new ClosedFormDenoiser(SHAPE, 0.3, t -> 0), OptionalInt.empty())) {
      Sampler sampler = Sampler.of(checkpoint, 10);
      assertThatThrownBy(() -> sampler.withGuidance(new Guidance(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("toy has no null_class", "--drop-classes");
    }
    assertThatThrownBy(() -> Guidance.parse("free:2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("guidance free:2 is unknown");
    for (Guidance guidance : List.of(Guidance.NONE, new Guidance(7.5))) {
      assertThat(Guidance.parse(guidance.toString())).isEqualTo(guidance);
    }
  }
}
