package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.features.GradientPipeline;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.nn.Parameter;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.Workers;
import io.journey.tensor.Device;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Precision;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a device makes of a U-Net, a line of JSON for each measurement. {@code errors}: features on
 * the device in every precision against those of the processor in float64. {@code cost}: images a
 * second of a training step, draws a second of features without a preconditioner.
 *
 * <p>Arguments: {@code errors} DEVICE, checkpoint, data, images, R, k; or {@code cost} DEVICE,
 * checkpoint, data, images of a batch, steps, images to featurize, R, k, precision ...
 */
public final class DeviceCost {
  private DeviceCost() {}

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    CheckpointSpec checkpoint = CheckpointSpec.parse(args[2]);
    Dataset data = Datasets.open(args[3]);
    if (args[0].equals("errors")) {
      errors(args[1], checkpoint, data, Integer.parseInt(args[4]), Integer.parseInt(args[5]), args);
      return;
    }
    for (int i = 9; i < args.length; i++) {
      Precision precision = Precision.valueOf(args[i].toUpperCase(Locale.ROOT));
      Libtorch.use(Device.open(args[1], precision));
      cost(precision, checkpoint, data, args);
    }
  }

  private static void errors(
      String device, CheckpointSpec spec, Dataset data, int images, int draws, String[] args) {
    String sketch = "sparse:" + args[6];
    Libtorch.use(Device.CPU);
    Libtorch.singleThreaded();
    float[][] exact = features(spec, ScalarType.Double, data, images, draws, sketch);
    for (Precision precision : Precision.values()) {
      if (device.equals("cpu") && precision == Precision.TF32) {
        continue;
      }
      Libtorch.use(Device.open(device, precision));
      ScalarType type = precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
      print(precision, errors(features(spec, type, data, images, draws, sketch), exact));
    }
    Libtorch.use(Device.open(device, Precision.F32));
    System.out.printf(
        Locale.ROOT,
        "{\"what\": \"errors\", \"precision\": \"f64\", \"relative\": %.3g}%n",
        errors(features(spec, ScalarType.Double, data, images, draws, sketch), exact)[0]);
  }

  private static void print(Precision precision, double[] errors) {
    System.out.printf(
        Locale.ROOT,
        "{\"what\": \"errors\", \"precision\": \"%s\", \"relative\": %.3g, \"least_cosine\": %.9f}%n",
        precision.name().toLowerCase(Locale.ROOT),
        errors[0],
        errors[1]);
  }

  private static float[][] features(
      CheckpointSpec spec, ScalarType type, Dataset data, int images, int draws, String sketch) {
    Ensemble ensemble = Ensemble.open(spec);
    try (Checkpoint checkpoint = ensemble.load(ensemble.checkpointNames().get(0), type)) {
      return project(checkpoint, data, images, draws, sketch);
    }
  }

  private static float[][] project(
      Checkpoint checkpoint, Dataset data, int images, int draws, String sketch) {
    List<Parameter> weights = checkpoint.model().parameters().list();
    Projection projection = ProjectionConfig.parse(sketch).create(weights, Seed.of(2));
    try (GradientPipeline pipeline =
        FeatureCost.pipeline(checkpoint, GradientMethod.LAYERWISE, projection)) {
      return pipeline.project(FeatureCost.draws(checkpoint, data, images, draws), null).features();
    }
  }

  /** The relative error of all numbers together, and the least cosine of two features. */
  private static double[] errors(float[][] found, float[][] exact) {
    double squares = 0;
    double all = 0;
    double least = 1;
    for (int i = 0; i < exact.length; i++) {
      double product = 0;
      double ofFound = 0;
      double ofExact = 0;
      for (int j = 0; j < exact[i].length; j++) {
        double error = (double) found[i][j] - exact[i][j];
        squares += error * error;
        product += (double) found[i][j] * exact[i][j];
        ofFound += (double) found[i][j] * found[i][j];
        ofExact += (double) exact[i][j] * exact[i][j];
      }
      all += ofExact;
      least = Math.min(least, product / Math.sqrt(ofFound * ofExact));
    }
    return new double[] {Math.sqrt(squares / all), least};
  }

  private static void cost(Precision precision, CheckpointSpec spec, Dataset data, String[] args)
      throws IOException {
    int batch = Integer.parseInt(args[4]);
    int steps = Integer.parseInt(args[5]);
    int images = Integer.parseInt(args[6]);
    int draws = Integer.parseInt(args[7]);
    ScalarType type = precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    Ensemble ensemble = Ensemble.open(spec);
    String member = ensemble.checkpointNames().get(0);
    try (Checkpoint checkpoint = ensemble.load(member)) {
      TrainingThroughput.measure(checkpoint, data, batch, batch, 3, 1, 1); // warms up
      double rate = TrainingThroughput.measure(checkpoint, data, batch, batch, steps, 1, 1);
      print("training", precision, rate);
    }
    int threads = Libtorch.device().isCpu() ? 1 : 2;
    try (Checkpoint checkpoint = ensemble.load(member, type);
        Workers workers = new Workers(threads, Libtorch.device())) {
      for (String kind : List.of("sparse", "factored")) {
        Projection projection =
            ProjectionConfig.parse(kind + ":" + args[8])
                .create(checkpoint.model().parameters().list(), Seed.of(2));
        List<DenoisingDraws> asked = FeatureCost.draws(checkpoint, data, images, draws);
        try (GradientPipeline pipeline =
            FeatureCost.pipeline(checkpoint, GradientMethod.LAYERWISE, projection)) {
          pipeline.project(asked, null); // warms up, and makes the projection
          int rounds = Math.max(threads, steps * batch / (images * draws));
          long start = System.nanoTime();
          workers.forEach(
              rounds,
              i -> pipeline.project(FeatureCost.draws(checkpoint, data, images, draws), null));
          double seconds = (System.nanoTime() - start) * 1e-9;
          print("features, " + kind, precision, (double) rounds * images * draws / seconds);
        }
      }
    }
  }

  private static void print(String what, Precision precision, double rate) {
    System.out.printf(
        Locale.ROOT,
        "{\"engine\": \"journey\", \"what\": \"%s\", \"precision\": \"%s\", \"per_second\": %.2f,"
            + " \"device\": \"%s\"}%n",
        what,
        precision.name().toLowerCase(Locale.ROOT),
        rate,
        Libtorch.device());
  }
}
