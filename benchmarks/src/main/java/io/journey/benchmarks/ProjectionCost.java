package io.journey.benchmarks;

import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.nn.FormedGradient;
import io.journey.nn.Parameter;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.projection.ProjectionConfig.Kind;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.RunResult;

/**
 * Projection alone: milliseconds an example, for gradients that are there already, of U-Nets of
 * several sizes. One thread, by JMH. A dense projection is measured on as many of a weight's
 * numbers as take a second or so, and the rest reckoned in proportion. A factored one is charged
 * for the products L·G·Rᵀ, which it does not need where layers are known.
 *
 * <p>Arguments: widths of the U-Nets (8;32,64;128,256;…), k (512,4096,16384), examples at once,
 * rounds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ProjectionCost {
  private static final int DENSE_PRODUCTS = 20_000_000;

  /** Channels of each level of the U-Net. */
  @Param("8,16")
  public String widths;

  /** As {@link ProjectionConfig#parse} reads it. */
  @Param("sparse:512")
  public String projection;

  /** How many gradients are projected at once. */
  @Param("8")
  public int examples;

  private LayeredDenoiser model;
  private ProjectionConfig config;
  private Projection created;
  private Tensor numbers; // of the longest weight

  /** Runs the measurement. */
  public static void main(String[] args) {
    List<String> projections = new ArrayList<>();
    for (String k : args[1].split(",")) {
      for (Kind kind : new Kind[] {Kind.GAUSSIAN, Kind.SPARSE, Kind.FACTORED}) {
        projections.add(new ProjectionConfig(kind, Integer.parseInt(k)).toString());
      }
    }
    for (String widths : args[0].split(";")) {
      for (RunResult result :
          Kernels.run(
              ProjectionCost.class,
              Integer.parseInt(args[3]),
              Map.of(
                  "widths",
                  new String[] {widths},
                  "projection",
                  projections.toArray(String[]::new),
                  "examples",
                  new String[] {args[2]}))) {
        print(result);
      }
    }
  }

  private static void print(RunResult result) {
    ProjectionConfig config = ProjectionConfig.parse(Kernels.parameter(result, "projection"));
    int examples = Integer.parseInt(Kernels.parameter(result, "examples"));
    try (LayeredDenoiser model = model(Kernels.parameter(result, "widths"))) {
      double all = model.parameters().count();
      double measured =
          model.parameters().list().stream().mapToDouble(w -> length(config, w)).sum();
      System.out.printf(
          Locale.ROOT,
          "{\"projection\": \"%s\", \"parameters\": %.0f, \"examples\": %d,"
              + " \"milliseconds_an_example\": %.3f, \"reckoned\": %b}%n",
          config,
          all,
          examples,
          Kernels.seconds(result) * 1e3 / examples * all / measured,
          config.kind() == Kind.GAUSSIAN);
    }
  }

  private static LayeredDenoiser model(String widths) {
    List<Integer> channels = Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
    List<Boolean> attention = channels.stream().map(w -> false).toList();
    return new UNet2DConfig(16, 3, channels, attention, 2, 8, 1e-5, channels.get(0), true, 0, 1)
        .random(Seed.of(0), ScalarType.Float);
  }

  /** How many numbers of a weight are projected. */
  private static int length(ProjectionConfig config, Parameter weight) {
    return config.kind() == Kind.GAUSSIAN
        ? Math.min(weight.numel(), Math.max(1, DENSE_PRODUCTS / config.dim()))
        : weight.numel();
  }

  /** Makes a model and gradients of all its weights. */
  @Setup
  public void prepare() {
    Libtorch.singleThreaded();
    model = model(widths);
    config = ProjectionConfig.parse(projection);
    created = config.create(model.parameters().list(), Seed.of(1));
    int longest =
        model.parameters().list().stream().mapToInt(w -> length(config, w)).max().orElseThrow();
    numbers = torch.randn((long) examples * longest);
  }

  /** Projects a gradient of every weight. */
  @Benchmark
  public void project() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, examples, config.dim());
      for (Parameter weight : model.parameters().list()) {
        try (PointerScope ofWeight = new PointerScope()) {
          int length = length(config, weight);
          Tensor gradients = numbers.narrow(0, 0, (long) examples * length).view(examples, length);
          created.add(weight, new FormedGradient(gradients, weight.shape()[0]), sums);
        }
      }
    }
  }

  /** Frees what is not the garbage collector's. */
  @TearDown
  public void free() {
    numbers.close();
    model.close();
  }
}
