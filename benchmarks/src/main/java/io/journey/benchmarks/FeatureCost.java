package io.journey.benchmarks;

import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.encoding.Encoders;
import io.journey.features.GradientPipeline;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.nn.Parameter;
import io.journey.preconditioner.Preconditioner;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.Memory;
import io.journey.tensor.Libtorch;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a draw of a feature costs beside an image of a training step: gradients and their projection
 * to k numbers, on every path, against the steps of the trainer itself (Adam included). One thread;
 * all take turns, medians of the rounds; a line of JSON for each.
 *
 * <p>Arguments: checkpoint of a U-Net, or an ensemble, data, images of a training batch, images to
 * featurize, R, k, rounds[, folder[, preconditioner]]. The folder gets what was asked and answered,
 * for others to compare with: images, timesteps, noise and features as NPY files; "-": none. The
 * preconditioner is a file of {@code journey featurize} for the checkpoint: EK-FAC's features, as
 * long as they are by default, are a further way then.
 */
public final class FeatureCost {
  private static final ProjectionConfig EKFAC_PROJECTION = ProjectionConfig.parse("sparse:65536");

  private FeatureCost() {}

  /** What the names of ways by layer begin with. */
  private static final String LAYERWISE = "layerwise, ";

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    Ensemble ensemble = Ensemble.open(CheckpointSpec.parse(args[0]));
    Dataset data = Encoders.dataOf(ensemble, Datasets.open(args[1]));
    int batch = Integer.parseInt(args[2]);
    int images = Integer.parseInt(args[3]);
    int draws = Integer.parseInt(args[4]);
    int dim = Integer.parseInt(args[5]);
    int rounds = Integer.parseInt(args[6]);
    Libtorch.singleThreaded();
    try (Checkpoint checkpoint = ensemble.first()) {
      List<DenoisingDraws> asked = draws(checkpoint, data, images, draws);
      Map<String, GradientPipeline> ways = ways(checkpoint, dim);
      if (args.length > 8) {
        ways.put("ek-fac, " + EKFAC_PROJECTION, ekfac(checkpoint, Path.of(args[8])));
      }
      if (args.length > 7 && !args[7].equals("-")) {
        write(Path.of(args[7]), checkpoint, ways, asked);
      }
      Map<String, double[]> rates = new LinkedHashMap<>();
      rates.put("training", new double[rounds]);
      ways.keySet().forEach(name -> rates.put(name, new double[rounds]));
      int steps = Math.max(3, images * draws / batch);
      for (int round = -1; round < rounds; round++) { // the first warms up
        int at = Math.max(round, 0);
        rates.get("training")[at] =
            TrainingThroughput.measure(checkpoint, data, batch, batch, steps, 1, 1);
        for (Map.Entry<String, GradientPipeline> way : ways.entrySet()) {
          long start = System.nanoTime();
          way.getValue().project(asked, null);
          rates.get(way.getKey())[at] = images * draws / ((System.nanoTime() - start) * 1e-9);
        }
      }
      ways.values().forEach(GradientPipeline::close);
      print(rates, checkpoint.model().parameters().count(), draws, dim);
    }
  }

  /** The draws of the first images of a data set, each with its own randomness. */
  static List<DenoisingDraws> draws(Checkpoint checkpoint, Dataset data, int images, int draws) {
    List<DenoisingDraws> asked = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      float[] image = new float[data.shape().numel()];
      data.read(i, image, 0);
      Seed seed = Seed.of(1).child(data.id(i));
      asked.add(
          DenoisingDraws.uniform(image, Condition.NONE, checkpoint.schedule(), seed, draws)
              .withImage(image, data.conditions(i)));
    }
    return asked;
  }

  private static Map<String, GradientPipeline> ways(Checkpoint checkpoint, int dim) {
    Map<String, GradientPipeline> ways = new LinkedHashMap<>();
    for (String kind : List.of("sparse", "factored")) {
      ProjectionConfig config = ProjectionConfig.parse(kind + ":" + dim);
      List<Parameter> weights = checkpoint.model().parameters().list();
      ways.put(
          LAYERWISE + kind,
          pipeline(checkpoint, GradientMethod.LAYERWISE, config.create(weights, Seed.of(2))));
      ways.put(
          "one image, " + kind,
          pipeline(checkpoint, GradientMethod.ONE_IMAGE, config.create(weights, Seed.of(2))));
    }
    return ways;
  }

  /** The default way to features. */
  private static GradientPipeline ekfac(Checkpoint checkpoint, Path fitted) {
    List<Parameter> weights = checkpoint.model().parameters().list();
    return new GradientPipeline(
        GradientMethod.LAYERWISE.create(checkpoint.model(), checkpoint.schedule()),
        weights,
        PreconditionerConfig.parse("ekfac:0.003").open(weights, fitted),
        EKFAC_PROJECTION.create(weights, Seed.of(2)));
  }

  /** The way to plain features of a checkpoint. */
  static GradientPipeline pipeline(
      Checkpoint checkpoint, GradientMethod method, Projection projection) {
    return new GradientPipeline(
        method.create(checkpoint.model(), checkpoint.schedule()),
        checkpoint.model().parameters().list(),
        Preconditioner.NONE,
        projection);
  }

  private static void print(Map<String, double[]> rates, int parameters, int draws, int dim) {
    double training = 0;
    for (Map.Entry<String, double[]> rate : rates.entrySet()) {
      double[] sorted = rate.getValue().clone();
      Arrays.sort(sorted);
      double median = Median.of(sorted);
      training = training == 0 ? median : training;
      System.out.printf(
          Locale.ROOT,
          "{\"engine\": \"journey\", \"what\": \"%s\", \"parameters\": %d, \"draws\": %d, \"k\": %d,"
              + " \"per_second\": %.2f, \"lowest\": %.2f, \"highest\": %.2f, \"cost\": %.3f,"
              + " \"peak_mib\": %d}%n",
          rate.getKey(),
          parameters,
          draws,
          dim,
          median,
          sorted[0],
          sorted[sorted.length - 1],
          training / median,
          Memory.peakResidentBytes() >> 20);
    }
  }

  private static void write(
      Path folder,
      Checkpoint checkpoint,
      Map<String, GradientPipeline> ways,
      List<DenoisingDraws> asked)
      throws IOException {
    Files.createDirectories(folder);
    int n = asked.size();
    int draws = asked.get(0).count();
    int numel = asked.get(0).image().length;
    float[] images = new float[n * numel];
    float[] timesteps = new float[n * draws];
    float[] noise = new float[n * draws * numel];
    for (int i = 0; i < n; i++) {
      System.arraycopy(asked.get(i).image(), 0, images, i * numel, numel);
      System.arraycopy(asked.get(i).noise(), 0, noise, i * draws * numel, draws * numel);
      for (int r = 0; r < draws; r++) {
        timesteps[i * draws + r] = asked.get(i).timesteps()[r];
      }
    }
    var shape = checkpoint.model().shape();
    int c = shape.channels();
    int h = shape.height();
    int w = shape.width();
    npy(folder.resolve("images.npy"), images, n, c, h, w);
    npy(folder.resolve("timesteps.npy"), timesteps, n, draws);
    npy(folder.resolve("noise.npy"), noise, n, draws, c, h, w);
    for (Map.Entry<String, GradientPipeline> way : ways.entrySet()) {
      if (way.getKey().startsWith(LAYERWISE)) {
        float[][] features = way.getValue().project(asked, null).features();
        int k = features[0].length;
        float[] flat = new float[n * k];
        for (int i = 0; i < n; i++) {
          System.arraycopy(features[i], 0, flat, i * k, k);
        }
        String name = way.getKey().substring(LAYERWISE.length());
        npy(folder.resolve("features-" + name + ".npy"), flat, n, k);
      }
    }
  }

  private static void npy(Path file, float[] values, long... shape) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      Npy.write(out, values, shape);
    }
  }
}
