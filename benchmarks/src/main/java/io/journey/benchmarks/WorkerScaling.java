package io.journey.benchmarks;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.features.FeatureSpace;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.UNet2D;
import io.journey.model.UNet2DConfig;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Throughput of one and two worker threads, the two taken in turn: training steps (forward and
 * backward pass of a batch) and features (gradients of R draws, sparse projection to 4096).
 *
 * <p>Arguments: side, channels, widths (16,32), layers per block, batch, draws R, seconds for each
 * measurement.
 */
public final class WorkerScaling {
  private WorkerScaling() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    int side = Integer.parseInt(args[0]);
    int channels = Integer.parseInt(args[1]);
    List<Integer> widths = Arrays.stream(args[2].split(",")).map(Integer::valueOf).toList();
    UNet2DConfig config = Fixtures.model(side, channels, widths, Integer.parseInt(args[3]));
    int batch = Integer.parseInt(args[4]);
    int draws = Integer.parseInt(args[5]);
    double seconds = Double.parseDouble(args[6]);
    Libtorch.singleThreaded();
    try (UNet2D model = UNet2D.random(config, Seed.of(0), ScalarType.Float)) {
      int numel = model.shape().numel();
      Runnable training = () -> trainingStep(model, batch);
      ExampleGradients gradients = GradientMethod.LAYERWISE.of(model, NoiseSchedule.ddpm());
      Projection projection = ProjectionConfig.DEFAULT.create(model.parameters(), Seed.of(2));
      var some = Fixtures.images(8, numel, draws);
      Runnable features = () -> FeatureSpace.project(gradients, projection, some, null);
      double[] train = inTurn(training, batch, seconds);
      double[] feature = inTurn(features, 8 * draws, seconds);
      System.out.printf(
          Locale.ROOT,
          "{\"parameters\": %d, \"batch\": %d, \"draws\": %d,"
              + " \"training_images_per_second\": [%.0f, %.0f], \"training_scaling\": %.2f,"
              + " \"feature_draws_per_second\": [%.0f, %.0f], \"feature_scaling\": %.2f}%n",
          model.parameters().count(),
          batch,
          draws,
          train[0],
          train[1],
          train[1] / train[0],
          feature[0],
          feature[1],
          feature[1] / feature[0]);
    }
  }

  /** Noising, forward and backward pass of a batch. */
  static void trainingStep(UNet2D model, int batch) {
    try (PointerScope scope = new PointerScope()) {
      DenoisingBatch rows =
          DenoisingBatch.of(
              Fixtures.images(batch, model.shape().numel(), 1),
              model.shape(),
              NoiseSchedule.ddpm(),
              ScalarType.Float);
      Tensor predicted = model.predict(rows.xt(), rows.timesteps(), rows.labels());
      Tensor loss = DenoisingLoss.perRow(predicted, rows, null).mean();
      Libtorch.gradients(loss, model.parameters().leaves());
    }
  }

  /** Median rates of one and of two workers over five rounds. */
  private static double[] inTurn(Runnable unit, int items, double seconds) {
    rate(unit, items, 2, 1);
    double[] one = new double[5];
    double[] two = new double[5];
    for (int round = 0; round < 5; round++) {
      one[round] = rate(unit, items, 1, seconds / 5);
      two[round] = rate(unit, items, 2, seconds / 5);
    }
    Arrays.sort(one);
    Arrays.sort(two);
    return new double[] {one[2], two[2]};
  }

  private static double rate(Runnable unit, int items, int threads, double seconds) {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long[] done = new long[threads];
    new Workers(threads, Libtorch::singleThreaded)
        .forEach(
            threads,
            thread -> {
              while (System.nanoTime() < end) {
                unit.run();
                done[thread]++;
              }
            });
    return Arrays.stream(done).sum() * items / ((System.nanoTime() - start) * 1e-9);
  }
}
