package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.scheduler.DdimScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplingRunTest {
  private static final ImageShape SHAPE = new ImageShape(1, 4, 4);

  @TempDir Path folder;

  private static List<Condition> classes(Integer... numbers) {
    return Stream.of(numbers).<Condition>map(Condition.ClassLabel::new).toList();
  }

  private static Checkpoint toy(Denoiser model) {
    return new Checkpoint("toy", model, NoiseSchedule.ddpm(), "f1");
  }

  private static Denoiser plain() {
    return new ClosedFormDenoiser(SHAPE, 0.3, t -> 0.1 * Math.sin(t));
  }

  @Test
  void killedAnywhereItEndsInTheSameBytesAndLeavesNothingElse() throws IOException {
    try (Checkpoint checkpoint = toy(plain())) {
      SamplingRun run = new SamplingRun(Sampler.of(checkpoint, 10), 5, 6);
      Path whole = folder.resolve("whole/t.safetensors");
      assertThat(run.run(whole, 1, Progress.SILENT)).isTrue();
      Path file = folder.resolve("killed/t.safetensors");
      Path parts = folder.resolve("killed/t.safetensors.parts");
      for (long advances : new long[] {3, 25, 57}) {
        AtomicLong left = new AtomicLong(advances);
        Progress killer =
            (task, total, unit) ->
                units -> {
                  if (left.addAndGet(-units) < 0) {
                    throw new IllegalStateException("killed");
                  }
                };
        assertThatThrownBy(() -> run.run(file, 1, killer)).hasMessage("killed");
        assertThat(file).doesNotExist();
        // The images drawn so far are kept: 10 steps make one.
        assertThat(parts.resolve(String.format("%06d.safetensors", advances / 10 - 1)).toFile())
            .satisfies(part -> assertThat(part.exists()).isEqualTo(advances >= 10));
      }
      assertThat(run.run(file, 2, Progress.SILENT)).isTrue();
      assertThat(Files.readAllBytes(file)).isEqualTo(Files.readAllBytes(whole));
      try (Stream<Path> entries = Files.list(file.getParent())) {
        assertThat(entries).containsExactly(file);
      }
      assertThat(run.run(file, 2, Progress.SILENT)).isFalse();
    }
  }

  @Test
  void aDamagedPartIsDrawnAgain() throws IOException {
    try (Checkpoint checkpoint = toy(plain())) {
      SamplingRun run = new SamplingRun(Sampler.of(checkpoint, 10), 5, 2);
      Path whole = folder.resolve("whole.safetensors");
      run.run(whole, 1, Progress.SILENT);
      Path file = folder.resolve("t.safetensors");
      AtomicLong left = new AtomicLong(15);
      Progress killer =
          (task, total, unit) ->
              units -> {
                if (left.addAndGet(-units) < 0) {
                  throw new IllegalStateException("killed");
                }
              };
      assertThatThrownBy(() -> run.run(file, 1, killer)).hasMessage("killed");
      Path part = folder.resolve("t.safetensors.parts/000000.safetensors");
      byte[] content = Files.readAllBytes(part);
      content[content.length - 1] ^= 1;
      Files.write(part, content);
      run.run(file, 1, Progress.SILENT);
      assertThat(Files.readAllBytes(file)).isEqualTo(Files.readAllBytes(whole));
    }
  }

  @Test
  void aFileOrPartsOfOtherDrawingsAreRefused() {
    try (Checkpoint checkpoint = toy(plain())) {
      Path file = folder.resolve("t.safetensors");
      Sampler ddpm = Sampler.of(checkpoint, 10);
      new SamplingRun(ddpm, 5, 2).run(file, 1, Progress.SILENT);
      Sampler ddim = Sampler.of(checkpoint, new DdimScheduler().withEta(0), 10);
      refused(new SamplingRun(ddpm, 6, 2), file, "seed 5", "asks for 6");
      refused(new SamplingRun(ddpm, 5, 3), file, "2 images", "asks for 3");
      refused(new SamplingRun(ddim, 5, 2), file, "DDPMScheduler", "asks for", "DDIMScheduler");
      Path noisy = folder.resolve("noisy.safetensors");
      new SamplingRun(Sampler.of(checkpoint, new DdimScheduler().withEta(0.5), 10), 5, 2)
          .run(noisy, 1, Progress.SILENT);
      refused(new SamplingRun(ddim, 5, 2), noisy, "eta 0.5", "asks for 0.0");

      Path begun = folder.resolve("begun.safetensors");
      Progress killer =
          (task, total, unit) ->
              units -> {
                throw new IllegalStateException("killed");
              };
      AtomicLong left = new AtomicLong(10);
      Progress later =
          (task, total, unit) ->
              units -> {
                if (left.getAndDecrement() <= 0) {
                  throw new IllegalStateException("killed");
                }
              };
      assertThatThrownBy(() -> new SamplingRun(ddpm, 5, 2).run(begun, 1, later));
      refused(new SamplingRun(ddpm, 6, 2), begun, "begun.safetensors.parts", "seed 5", "6");
      assertThatThrownBy(() -> new SamplingRun(ddpm, 5, 2).run(begun, 1, killer));
    }
  }

  private static void refused(SamplingRun run, Path file, String... said) {
    assertThatThrownBy(() -> run.run(file, 1, Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void labelsAreTakenInTurnAndKept() {
    try (Checkpoint checkpoint = toy(new ClassShiftDenoiser(plain(), List.of(0.0, 0.05, 0.1)))) {
      Sampler sampler = Sampler.of(checkpoint, 10);
      Path file = folder.resolve("t.safetensors");
      new SamplingRun(sampler, 5, 4, classes(2, 0)).run(file, 2, Progress.SILENT);
      List<Trajectory> drawn = TrajectoryFile.read(file);
      assertThat(drawn).extracting(Trajectory::condition).isEqualTo(classes(2, 0, 2, 0));
      assertThat(Safetensors.open(file).longs("labels")).containsExactly(2, 0, 2, 0);
      // The same noise, another class.
      Trajectory other = sampler.sample(Drawing.seed(5, 0), new Condition.ClassLabel(1));
      assertThat(other.xt()[0]).isEqualTo(drawn.get(0).xt()[0]);
      assertThat(other.image()).isNotEqualTo(drawn.get(0).image());
      assertThat(sampler.sample(Drawing.seed(5, 0), classes(2).get(0)).image())
          .isEqualTo(drawn.get(0).image());
      assertThat(sampler.sample(5, 4, classes(2, 0), 2, Progress.SILENT).get(3).image())
          .isEqualTo(drawn.get(3).image());
      refused(new SamplingRun(sampler, 5, 4, classes(1)), file, "labels [2,0,2,0]", "[1,1");
      assertThatThrownBy(() -> new SamplingRun(sampler, 5, 4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("choose labels, 0 to 2");
      assertThatThrownBy(() -> new SamplingRun(sampler, 5, 4, classes(3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("labels must be 0 to 2, got 3");
    }
    try (Checkpoint checkpoint = toy(plain())) {
      assertThatThrownBy(() -> new SamplingRun(Sampler.of(checkpoint, 10), 5, 4, classes(0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("knows no classes");
    }
  }

  @Test
  void someStepsAreReadAsTheyAreAmongAll() {
    try (Checkpoint checkpoint = toy(plain())) {
      Path file = folder.resolve("t.safetensors");
      new SamplingRun(Sampler.of(checkpoint, 10), 5, 2).run(file, 1, Progress.SILENT);
      Trajectory all = TrajectoryFile.read(file).get(1);
      Trajectory some = TrajectoryFile.open(file).read(new int[] {100, 700}).get(1);
      assertThat(some.timesteps()).containsExactly(700, 100);
      assertThat(some.xt()[some.indexOf(100)]).isEqualTo(all.xt()[all.indexOf(100)]);
      assertThat(some.x0()[0]).isEqualTo(all.x0()[all.indexOf(700)]);
      assertThat(some.image()).isEqualTo(all.image());
    }
  }
}
