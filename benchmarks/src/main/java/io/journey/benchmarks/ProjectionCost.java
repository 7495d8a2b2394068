package io.journey.benchmarks;

import io.journey.gradient.Factors;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
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
 * Projection alone: milliseconds an example and bytes a projection holds, for gradients that are
 * there already, of U-Nets of several sizes. One thread. A dense projection is measured on as many
 * of a gradient's numbers as take a second or so, and the rest reckoned in proportion. A factored
 * one is charged for the products L·G·Rᵀ, which it does not need where layers are known.
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
    Projection projection = config.create(model.parameters(), Seed.of(1));
    double[] milliseconds = new double[rounds];
    for (int round = -1; round < rounds; round++) { // the first warms up
      milliseconds[Math.max(round, 0)] = round(model, projection, config, examples);
    }
    System.out.printf(
        Locale.ROOT,
        "{\"projection\": \"%s\", \"parameters\": %d, \"examples\": %d,"
            + " \"milliseconds_an_example\": %.3f, \"reckoned\": %b, \"bytes_held\": %d}%n",
        config,
        p,
        examples,
        Median.of(milliseconds),
        config.kind() == Kind.GAUSSIAN && (long) p * config.dim() > DENSE_PRODUCTS,
        held(model, projection, config));
  }

  /** A sign for each number, a place for each run, and factors, in four bytes each. */
  private static long held(LayeredDenoiser model, Projection projection, ProjectionConfig config) {
    if (config.kind() == Kind.GAUSSIAN) {
      return 0; // made anew from its seed
    }
    long p = model.parameters().count();
    long numbers = p + (p + config.dim() - 1) / config.dim();
    for (Parameter weight : model.parameters().list()) {
      Factors factors = projection.factors(weight);
      if (factors != null) {
        numbers += factors.left() == null ? 0 : factors.left().length;
        numbers += factors.right() == null ? 0 : factors.right().length;
      }
    }
    return 4 * numbers;
  }

  private static double round(
      LayeredDenoiser model, Projection projection, ProjectionConfig config, int examples) {
    double seconds = 0;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, examples, config.dim());
      if (config.kind() == Kind.GAUSSIAN) {
        int p = model.parameters().count();
        int length = Math.max(1, Math.min(p, DENSE_PRODUCTS / config.dim()));
        Tensor parts = torch.randn(examples, length);
        long start = System.nanoTime();
        projection.add(0, parts, sums);
        return (System.nanoTime() - start) * 1e-6 / examples / length * p;
      }
      for (Parameter weight : model.parameters().list()) {
        try (PointerScope ofWeight = new PointerScope()) {
          Tensor parts = torch.randn(examples, weight.numel());
          long start = System.nanoTime();
          Factors factors = projection.factors(weight);
          if (factors != null) {
            long[] shape = weight.shape();
            Tensor between = torch.empty(examples, (long) factors.rows() * factors.columns());
            for (int n = 0; n < examples; n++) {
              Tensor one = factors.of(parts.select(0, n).view(shape));
              between.select(0, n).copy_(one.reshape(-1));
            }
            parts = between;
          }
          projection.add(weight.offset(), parts, sums);
          seconds += (System.nanoTime() - start) * 1e-9;
        }
      }
    }
    return seconds * 1e3 / examples;
  }
}
