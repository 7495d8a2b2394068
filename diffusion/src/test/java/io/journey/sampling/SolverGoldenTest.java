package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.run.GoldenFiles;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.scheduler.SchedulerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Euler, Euler ancestral, PNDM and DPM-Solver++ beside diffusers, which ran in float64. Given
 * {@code -Djourney.parity=FILE}, it writes the table of errors there.
 */
class SolverGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path SOLVERS = GOLDEN.resolve("solvers");
  private static final ImageShape SHAPE = new ImageShape(1, 4, 4);
  private static final Safetensors INPUTS =
      Safetensors.open(GOLDEN.resolve("schedulers/inputs.safetensors"));

  /** Of the largest number of a drawing: fifty roundings to float32, that of a step amplified. */
  private static final double TOLERANCE = 1e-5;

  private static final List<String> ROWS = new ArrayList<>();

  static Stream<String> runs() throws IOException {
    try (Stream<Path> folders = Files.list(SOLVERS)) {
      return folders.map(f -> f.getFileName().toString()).sorted().toList().stream();
    }
  }

  @Test
  void theFilesAreThoseOfTheChecksums() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "solvers/")).hasSize(2 * (int) runs().count());
  }

  @ParameterizedTest
  @MethodSource("runs")
  void latentsAndPicturesAreThoseOfDiffusers(String name) {
    Path file = SOLVERS.resolve(name + "/scheduler_config.json");
    SchedulerConfig config = SchedulerConfig.supported(Json.readPython(file), file.toString());
    Safetensors golden = Safetensors.open(SOLVERS.resolve(name + "/golden.safetensors"));
    long[] calls = golden.longs("timesteps");
    // A timestep that is asked twice is kept as it is seen last.
    int[] kept =
        IntStream.range(0, calls.length)
            .filter(k -> k + 1 == calls.length || calls[k] != calls[k + 1])
            .toArray();
    double[] xt = golden.doubles("xt");
    double[] image = golden.doubles("image");
    double largest =
        DoubleStream.concat(Arrays.stream(xt), Arrays.stream(image))
            .map(Math::abs)
            .max()
            .orElseThrow();
    int numel = SHAPE.numel();
    try (Denoiser model = new ClosedFormDenoiser(SHAPE, 0.3, t -> 0.1 * Math.sin(t))) {
      Checkpoint checkpoint = new Checkpoint(name, model, NoiseSchedule.of(config.forward()), "");
      int steps = (int) golden.longs("inference_steps")[0];
      Sampler sampler = Sampler.of(checkpoint, config.scheduler(name), steps);
      assertThat(sampler.timesteps())
          .hasSize(steps)
          .isEqualTo(Arrays.stream(kept).map(k -> (int) calls[k]).toArray());
      double error = 0;
      for (int n = 0; n < 2; n++) {
        int row = n;
        Trajectory drawn =
            new Drawing(
                    sampler,
                    INPUTS.part("start", (long) n * numel, numel),
                    call -> INPUTS.part("noise", (2L * call + row) * numel, numel),
                    "",
                    Condition.NONE)
                .run(Progress.Task.SILENT);
        for (int s = 0; s < kept.length; s++) {
          int from = (2 * kept[s] + n) * numel;
          error = Math.max(error, difference(drawn.xt()[s], xt, from));
        }
        error = Math.max(error, difference(drawn.image(), image, n * numel));
      }
      ROWS.add(
          String.format(Locale.ROOT, "| `%s` | %d | %.3g | %.0e |", name, steps, largest, error));
      assertThat(error).as("x_t and picture").isLessThan(TOLERANCE * largest);
    }
  }

  private static double difference(float[] found, double[] expected, int from) {
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - expected[from + i]));
    }
    return largest;
  }

  @AfterAll
  static void writeTheTable() throws IOException {
    String file = System.getProperty("journey.parity");
    if (file == null) {
      return;
    }
    ROWS.sort(null);
    try (var text = SolverGoldenTest.class.getResourceAsStream("parity-solvers.md")) {
      String page = new String(text.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(Path.of(file), page + String.join("\n", ROWS) + "\n");
    }
  }
}
