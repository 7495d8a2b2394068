package io.journey.benchmarks;

import io.journey.tensor.Libtorch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
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
 * GFLOPS of a residual block (GroupNorm, SiLU, 3×3 convolution, twice, with a skip), forward and
 * full backward, one thread, in float32 and bfloat16, both with channels first and with channels
 * last: whether another number type or memory format pays on this machine. Medians of rounds, by
 * JMH.
 *
 * <p>Argument: rounds (default 5). The shapes are those of the presets small and cifar10-ddpm.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class PrecisionAndLayout {
  private static final long[] ONE = {1, 1};

  /** Channels, side and batch. */
  @Param({"16x16x64", "32x16x64", "64x16x32", "128x32x8", "256x16x8", "256x8x8"})
  public String shape;

  /** The type of numbers. */
  @Param({"Float", "BFloat16"})
  public String type;

  /** Their order in memory. */
  @Param({"Contiguous", "ChannelsLast"})
  public String format;

  private TensorVector leaves;

  /** Runs the measurement. */
  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Map<String, Map<String, Double>> rates = new LinkedHashMap<>();
    for (RunResult result : Kernels.run(PrecisionAndLayout.class, rounds, Map.of())) {
      String shape = Kernels.parameter(result, "shape");
      rates
          .computeIfAbsent(shape, s -> new HashMap<>())
          .put(
              Kernels.parameter(result, "type") + Kernels.parameter(result, "format"),
              operations(shape) / Kernels.seconds(result) * 1e-9);
    }
    rates.forEach(
        (shape, rate) -> {
          int[] sides = sides(shape);
          System.out.printf(
              Locale.ROOT,
              "{\"channels\": %d, \"side\": %d, \"batch\": %d, \"gflops\": {\"float32\": %.0f,"
                  + " \"float32_channels_last\": %.0f, \"bfloat16\": %.0f,"
                  + " \"bfloat16_channels_last\": %.0f}}%n",
              sides[0],
              sides[1],
              sides[2],
              rate.get("FloatContiguous"),
              rate.get("FloatChannelsLast"),
              rate.get("BFloat16Contiguous"),
              rate.get("BFloat16ChannelsLast"));
        });
  }

  private static int[] sides(String shape) {
    return Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
  }

  /** Of two convolutions forward, and of their two gradients each. */
  private static double operations(String shape) {
    int[] sides = sides(shape);
    return 3 * 2 * 2.0 * sides[2] * sides[1] * sides[1] * 9 * sides[0] * sides[0];
  }

  /** Makes the input and the weights. */
  @Setup
  public void prepare() {
    Libtorch.singleThreaded();
    int[] sides = sides(shape);
    ScalarType of = ScalarType.valueOf(type);
    MemoryFormat order = MemoryFormat.valueOf(format);
    int channels = sides[0];
    leaves = new TensorVector(made(of, order, sides[2], channels, sides[1], sides[1]));
    for (int i = 0; i < 2; i++) {
      leaves.push_back(made(of, MemoryFormat.Contiguous, channels));
      leaves.push_back(made(of, MemoryFormat.Contiguous, channels));
      leaves.push_back(made(of, order, channels, channels, 3, 3));
    }
  }

  private static Tensor made(ScalarType type, MemoryFormat format, long... shape) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor values = torch.randn(shape).to(type).contiguous(format);
      return values.detach().set_requires_grad(true);
    }
  }

  /** The block, and the gradients of all that it has. */
  @Benchmark
  public void block() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = leaves.get(0);
      Tensor h = x;
      for (int i = 0; i < 2; i++) {
        TensorOptional scale = new TensorOptional(leaves.get(1 + 3 * i));
        TensorOptional shift = new TensorOptional(leaves.get(2 + 3 * i));
        h = torch.silu(torch.group_norm(h, 8, scale, shift, 1e-5, false));
        h = torch.conv2d(h, leaves.get(3 + 3 * i), new TensorOptional(), ONE, ONE, ONE, 1);
      }
      Libtorch.gradients(h.add(x).sum(), leaves);
    }
  }

  /** Frees what is not the garbage collector's. */
  @TearDown
  public void free() {
    leaves.close();
  }
}
