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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Projection alone: milliseconds an example, for gradients that are there already, of U-Nets of
 * several sizes. One thread. A dense projection is measured on as many of a weight's numbers as
 * take a second or so, and the rest reckoned in proportion. A factored one is charged for the
 * products L·G·Rᵀ, which it does not need where layers are known.
 *
 * <p>Arguments: widths of the U-Nets (8;32,64;128,256;…), k (512,4096,16384), examples at once,
 * rounds.
 */
public final class ProjectionCost {
  private static final int DENSE_PRODUCTS = 20_000_000;

  private ProjectionCost() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    int examples = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    Libtorch.singleThreaded();
    for (String widths : args[0].split(";")) {
      List<Integer> channels = Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
      try (LayeredDenoiser model = config(channels).random(Seed.of(0), ScalarType.Float)) {
        for (String k : args[1].split(",")) {
          for (Kind kind : new Kind[] {Kind.GAUSSIAN, Kind.SPARSE, Kind.FACTORED}) {
            measure(model, new ProjectionConfig(kind, Integer.parseInt(k)), examples, rounds);
          }
        }
      }
    }
  }

  private static UNet2DConfig config(List<Integer> widths) {
    List<Boolean> attention = widths.stream().map(w -> false).toList();
    return new UNet2DConfig(16, 3, widths, attention, 2, 8, 1e-5, widths.get(0), true, 0, 1);
  }

  private static void measure(
      LayeredDenoiser model, ProjectionConfig config, int examples, int rounds) {
    int p = model.parameters().count();
    Projection projection = config.create(model.parameters().list(), Seed.of(1));
    double[] milliseconds = new double[rounds];
    for (int round = -1; round < rounds; round++) { // the first warms up
      milliseconds[Math.max(round, 0)] = round(model, projection, config, examples);
    }
    System.out.printf(
        Locale.ROOT,
        "{\"projection\": \"%s\", \"parameters\": %d, \"examples\": %d,"
            + " \"milliseconds_an_example\": %.3f, \"reckoned\": %b}%n",
        config,
        p,
        examples,
        Median.of(milliseconds),
        config.kind() == Kind.GAUSSIAN);
  }

  private static double round(
      LayeredDenoiser model, Projection projection, ProjectionConfig config, int examples) {
    double seconds = 0;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, examples, config.dim());
      for (Parameter weight : model.parameters().list()) {
        int most = Math.max(1, DENSE_PRODUCTS / config.dim());
        boolean reckoned = config.kind() == Kind.GAUSSIAN && weight.numel() > most;
        int length = reckoned ? most : weight.numel();
        try (PointerScope ofWeight = new PointerScope()) {
          Tensor numbers = torch.randn(examples, length);
          long start = System.nanoTime();
          projection.add(weight, new FormedGradient(numbers, weight.shape()[0]), sums);
          seconds += (System.nanoTime() - start) * 1e-9 / length * weight.numel();
        }
      }
    }
    return seconds * 1e3 / examples;
  }
}
