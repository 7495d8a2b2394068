package io.journey.benchmarks;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.gradient.GradientMethod;
import io.journey.model.UNet2D;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Draws a second of the two ways to per-example gradients, one thread, taken in turn, for several
 * R.
 *
 * <p>Arguments: side, channels, widths (16,32), layers per block, images in a batch of many.
 */
public final class GradientBenchmark {
  private GradientBenchmark() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    int side = Integer.parseInt(args[0]);
    int channels = Integer.parseInt(args[1]);
    List<Integer> widths = Arrays.stream(args[2].split(",")).map(Integer::valueOf).toList();
    UNet2DConfig config = Fixtures.model(side, channels, widths, Integer.parseInt(args[3]));
    int images = Integer.parseInt(args[4]);
    Libtorch.singleThreaded();
    try (UNet2D model = UNet2D.random(config, Seed.of(0), ScalarType.Float)) {
      for (int draws : new int[] {1, 2, 4, 5, 10, 20, 40}) {
        var all = Fixtures.images(images, model.shape().numel(), draws);
        double[] one = new double[5];
        double[] layerwise = new double[5];
        for (int round = 0; round < 6; round++) {
          // The first round warms up.
          one[Math.max(0, round - 1)] = rate(model, GradientMethod.ONE_IMAGE, all);
          layerwise[Math.max(0, round - 1)] = rate(model, GradientMethod.LAYERWISE, all);
        }
        Arrays.sort(one);
        Arrays.sort(layerwise);
        System.out.printf(
            Locale.ROOT,
            "{\"parameters\": %d, \"images\": %d, \"draws\": %d, \"one_image_draws_per_second\":"
                + " %.0f, \"layerwise_draws_per_second\": %.0f, \"layerwise_over_one_image\":"
                + " %.2f}%n",
            model.parameters().count(),
            images,
            draws,
            one[2],
            layerwise[2],
            layerwise[2] / one[2]);
      }
    }
  }

  private static double rate(UNet2D model, GradientMethod method, List<DenoisingDraws> images) {
    long start = System.nanoTime();
    method.of(model, NoiseSchedule.ddpm()).compute(images, null, (i, gradient, loss) -> {});
    long draws = (long) images.size() * images.get(0).count();
    return draws / ((System.nanoTime() - start) * 1e-9);
  }
}
