package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.PredictionType;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.run.GoldenFiles;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.scheduler.SchedulerConfig;
import io.journey.scheduler.TimestepSpacing;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Schedulers beside those of diffusers, which ran in float64. Given {@code -Djourney.parity=FILE},
 * it writes the table of errors there.
 */
class SchedulerGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path SCHEDULERS = GOLDEN.resolve("schedulers");
  private static final Safetensors INPUTS =
      Safetensors.open(SCHEDULERS.resolve("inputs.safetensors"));

  /**
   * Of the largest number of a drawing. States are kept in float32, whose roundings are 6e-8 of a
   * number; over 50 steps they add up, and where x̂0 is not clipped a step multiplies them. x̂0 of
   * a model that predicts ε has the error of x_t times 1/√ᾱ_t.
   */
  private static final double TOLERANCE = 1e-5;

  private static final List<String> ROWS = new ArrayList<>();

  static Stream<String> runs() throws IOException {
    try (Stream<Path> folders = Files.list(SCHEDULERS)) {
      return folders
          .filter(f -> Files.exists(f.resolve("scheduler_config.json")))
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void theFilesAreThoseOfTheChecksums() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "schedulers/")).hasSize(5 + 2 * (int) runs().count());
  }

  @Test
  void timestepsAreThoseOfDiffusers() throws IOException {
    Safetensors all = Safetensors.open(SCHEDULERS.resolve("timesteps.safetensors"));
    assertThat(all.names()).hasSizeGreaterThan(100);
    for (String name : all.names()) {
      String[] parts = name.split("\\.");
      int[] found =
          TimestepSpacing.valueOf(parts[0].toUpperCase(Locale.ROOT))
              .timesteps(
                  Integer.parseInt(parts[1]),
                  Integer.parseInt(parts[2]),
                  Integer.parseInt(parts[3]));
      assertThat(found).as(name).isEqualTo(shorts(all, name));
    }
  }

  /** Returns a tensor of int16, which the reader of floats does not take. */
  private static int[] shorts(Safetensors file, String name) throws IOException {
    Safetensors.Entry entry = file.entry(name);
    assertThat(entry.dtype()).isEqualTo(DType.I16);
    byte[] bytes = Files.readAllBytes(file.file());
    ShortBuffer numbers =
        ByteBuffer.wrap(bytes, Math.toIntExact(entry.begin()), Math.toIntExact(entry.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    return IntStream.range(0, entry.numel()).map(numbers::get).toArray();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void theTablesAreThoseOfDiffusers(String name) {
    Safetensors tables = Safetensors.open(SCHEDULERS.resolve("tables.safetensors"));
    List<String> own =
        tables.names().stream().filter(runs -> List.of(runs.split(" ")).contains(name)).toList();
    assertThat(own).hasSize(1);
    NoiseSchedule schedule = NoiseSchedule.of(config(name).forward());
    double[] alphaBar = tables.doubles(own.get(0));
    assertThat(schedule.steps()).isEqualTo(alphaBar.length);
    for (int t = 0; t < alphaBar.length; t++) {
      // Products of 1000 factors in float64.
      assertThat(schedule.alphaBar(t)).as("ᾱ_%d", t).isCloseTo(alphaBar[t], within(1e-13));
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void noisedImagesAndVelocitiesAreThoseOfDiffusers(String name) {
    Safetensors golden = golden(name);
    SchedulerConfig config = config(name);
    NoiseSchedule velocities =
        NoiseSchedule.of(config.forward().withPredictionType(PredictionType.V_PREDICTION));
    List<DenoisingDraws> draws = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      draws.add(
          new DenoisingDraws(
              INPUTS.part("image", 16L * i, 16),
              Condition.NONE,
              new int[] {(int) golden.longs("add_noise.timesteps")[i]},
              INPUTS.part("fresh", 16L * i, 16)));
    }
    try (PointerScope scope = new PointerScope()) {
      DenoisingBatch batch =
          DenoisingBatch.of(draws, new ImageShape(1, 4, 4), velocities, ScalarType.Float);
      // One rounding to float32 of numbers below 4.
      assertClose(Libtorch.floats(batch.input().sample()), golden.doubles("add_noise"), 2.4e-7);
      assertClose(Libtorch.floats(batch.target()), golden.doubles("velocity"), 2.4e-7);
    }
  }

  private static void assertClose(float[] found, double[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).as("number %d", i).isCloseTo(expected[i], within(tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void fiftyStepsWithGivenNoiseAreThoseOfDiffusers(String name) {
    Safetensors golden = golden(name);
    boolean unet = name.contains("-unet-");
    NoiseSchedule schedule = NoiseSchedule.of(config(name).forward());
    ImageShape shape = unet ? new ImageShape(1, 8, 8) : new ImageShape(1, 4, 4);
    try (Denoiser model =
        unet
            ? Checkpoint.read(SCHEDULERS.resolve("unet"), ScalarType.Double).model()
            : new ClosedFormDenoiser(shape, 0.3, t -> 0.1 * Math.sin(t))) {
      Sampler sampler =
          Sampler.of(
              new Checkpoint(name, model, schedule, ""),
              config(name).scheduler(name).withEta(golden.doubles("eta")[0]),
              50);
      assertThat(Arrays.stream(sampler.timesteps()).asLongStream().toArray())
          .isEqualTo(golden.longs("timesteps"));
      Errors errors = new Errors(golden, json(name));
      int images = golden.entry("x").shape().get(1).intValue();
      for (int n = 0; n < images; n++) {
        errors.add(draw(sampler, unet ? "unet_" : "", n, images), sampler, n, images);
      }
      ROWS.add(errors.row(name));
      assertThat(errors.states).as("x_t").isLessThan(TOLERANCE * errors.largest);
      assertThat(errors.originalsInState).as("x̂0").isLessThan(TOLERANCE * errors.largest);
    }
  }

  private static Trajectory draw(Sampler sampler, String inputs, int image, int images) {
    int numel = sampler.checkpoint().model().shape().numel();
    return new Drawing(
            sampler,
            INPUTS.part(inputs + "start", (long) image * numel, numel),
            s -> INPUTS.part(inputs + "noise", ((long) s * images + image) * numel, numel),
            "",
            Condition.NONE)
        .run(Progress.Task.SILENT);
  }

  /** The largest differences of drawings from diffusers'. */
  private static final class Errors {
    private final float[] x;
    private final float[] x0;
    private final double ofDiffusers;
    private double states;
    private double originals;
    private double originalsInState;
    private double largest;
    private double largestOriginal = 1;
    private final ObjectNode options;

    Errors(Safetensors golden, ObjectNode config) {
      options = config;
      x = golden.floats("x");
      x0 = golden.floats("pred_original");
      ofDiffusers = golden.doubles("float32_error")[0];
    }

    void add(Trajectory found, Sampler sampler, int image, int images) {
      int numel = found.image().length;
      int steps = found.timesteps().length;
      for (int s = 0; s <= steps; s++) {
        float[] state = s < steps ? found.xt()[s] : found.image();
        double[] original = s < steps ? clipped(found.x0()[s]) : null;
        for (int i = 0; i < numel; i++) {
          int place = (s * images + image) * numel + i;
          states = Math.max(states, Math.abs((double) state[i] - x[place]));
          largest = Math.max(largest, Math.abs(x[place]));
          if (s < steps) {
            double error = Math.abs(original[i] - x0[place]);
            originals = Math.max(originals, error);
            originalsInState = Math.max(originalsInState, error * share(sampler, s));
            largestOriginal = Math.max(largestOriginal, Math.abs(x0[place]));
          }
        }
      }
    }

    /** x̂0 as the options have it clipped. */
    private double[] clipped(float[] x0) {
      double[] magnitudes = new double[x0.length];
      for (int i = 0; i < x0.length; i++) {
        magnitudes[i] = Math.abs(x0[i]);
      }
      Arrays.sort(magnitudes);
      double limit = Double.POSITIVE_INFINITY;
      double divisor = 1;
      if (options.path("thresholding").asBoolean()) {
        double place = options.path("dynamic_thresholding_ratio").asDouble() * (x0.length - 1);
        double below = magnitudes[(int) Math.floor(place)];
        double quantile = below + (place % 1) * (magnitudes[(int) Math.ceil(place)] - below);
        limit = Math.min(Math.max(1, quantile), options.path("sample_max_value").asDouble());
        divisor = limit;
      } else if (options.path("clip_sample").asBoolean()) {
        limit = options.path("clip_sample_range").asDouble();
      }
      double[] out = new double[x0.length];
      for (int i = 0; i < x0.length; i++) {
        out[i] = Math.max(-limit, Math.min(limit, x0[i])) / divisor;
      }
      return out;
    }

    /** √ᾱ_t where x̂0 is x_t divided by it, otherwise 1. */
    private static double share(Sampler sampler, int step) {
      NoiseSchedule schedule = sampler.checkpoint().schedule();
      boolean divided = schedule.predictionType() == PredictionType.EPSILON;
      return divided ? Math.sqrt(schedule.alphaBar(sampler.timesteps()[step])) : 1;
    }

    String row(String name) {
      return String.format(
          Locale.ROOT,
          "| `%s` | %.3g | %.0e | %.3g | %.0e | %.0e |",
          name,
          largest,
          states,
          largestOriginal,
          originals,
          ofDiffusers);
    }
  }

  @AfterAll
  static void writeTheTable() throws IOException {
    String file = System.getProperty("journey.parity");
    if (file == null) {
      return;
    }
    ROWS.sort(null);
    try (var text = SchedulerGoldenTest.class.getResourceAsStream("parity-schedulers.md")) {
      String page = new String(text.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      Files.writeString(Path.of(file), page + String.join("\n", ROWS) + "\n");
    }
  }

  private static Safetensors golden(String name) {
    return Safetensors.open(SCHEDULERS.resolve(name + "/golden.safetensors"));
  }

  private static ObjectNode json(String name) {
    return Json.read(SCHEDULERS.resolve(name + "/scheduler_config.json"));
  }

  private static SchedulerConfig config(String name) {
    return SchedulerConfig.supported(json(name), name);
  }
}
