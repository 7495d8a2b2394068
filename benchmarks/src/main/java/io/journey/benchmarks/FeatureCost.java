package io.journey.benchmarks;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.features.FeatureSpace;
import io.journey.gradient.GradientMethod;
import io.journey.model.UNet2D;
import io.journey.model.UNet2DConfig;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.Json;
import io.journey.run.Memory;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a draw of a feature costs beside an image of a training step: noising, gradient, and sparse
 * projection to 4096 against noising, forward and backward pass of a batch (without Adam). One
 * thread; the three take turns, medians of the rounds.
 *
 * <p>Arguments: config.json of diffusers' {@code UNet2DModel}, images of a training batch, images
 * to featurize, R (5,10,20), rounds.
 */
public final class FeatureCost {
  private FeatureCost() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    UNet2DConfig config = UNet2DConfig.fromDiffusers(Json.read(Path.of(args[0])), args[0]);
    int batch = Integer.parseInt(args[1]);
    int images = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[4]);
    Libtorch.singleThreaded();
    try (UNet2D model = UNet2D.random(config, Seed.of(0), ScalarType.Float)) {
      Projection projection =
          ProjectionConfig.DEFAULT.create(model.parameters().count(), Seed.of(2));
      for (String text : args[3].split(",")) {
        int draws = Integer.parseInt(text);
        double[][] rates = new double[3][rounds];
        for (int round = -1; round < rounds; round++) { // the first warms up
          double training = rate(batch, () -> WorkerScaling.trainingStep(model, batch));
          double one =
              rate(
                  images * draws,
                  () -> features(GradientMethod.ONE_IMAGE, model, projection, images, draws));
          double layerwise =
              rate(
                  images * draws,
                  () -> features(GradientMethod.LAYERWISE, model, projection, images, draws));
          if (round >= 0) {
            rates[0][round] = training;
            rates[1][round] = one;
            rates[2][round] = layerwise;
          }
        }
        for (double[] rate : rates) {
          Arrays.sort(rate);
        }
        int middle = rounds / 2;
        System.out.printf(
            Locale.ROOT,
            "{\"parameters\": %d, \"batch\": %d, \"images\": %d, \"draws\": %d,"
                + " \"training_images_per_second\": %.2f, \"one_image_draws_per_second\": %.2f,"
                + " \"layerwise_draws_per_second\": %.2f, \"one_image_cost\": %.2f,"
                + " \"layerwise_cost\": %.2f, \"peak_mib\": %d}%n",
            model.parameters().count(),
            batch,
            images,
            draws,
            rates[0][middle],
            rates[1][middle],
            rates[2][middle],
            rates[0][middle] / rates[1][middle],
            rates[0][middle] / rates[2][middle],
            Memory.peakResidentBytes() >> 20);
      }
    }
  }

  private static void features(
      GradientMethod method, UNet2D model, Projection projection, int images, int draws) {
    List<DenoisingDraws> asked = Fixtures.images(images, model.shape().numel(), draws);
    FeatureSpace.project(method.of(model, NoiseSchedule.ddpm()), projection, asked, null);
  }

  private static double rate(int items, Runnable unit) {
    long start = System.nanoTime();
    unit.run();
    return items / ((System.nanoTime() - start) * 1e-9);
  }
}
