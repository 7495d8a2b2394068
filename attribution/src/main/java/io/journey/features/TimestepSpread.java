package io.journey.features;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.TimestepDistribution;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far the gradients of a few images lie apart at a few steps: where to draw steps, as the
 * variance of a mean over draws is least where they are drawn in proportion to the spread of what
 * is averaged.
 *
 * @param at the steps
 * @param spread the root of the mean squared distance from the images' mean, at each
 */
record TimestepSpread(int[] at, double[] spread) {
  private static final int STEPS = 20;
  private static final int IMAGES = 16;

  /** Measures it with one noise a step, the same for all images. */
  static TimestepSpread measure(
      Checkpoint checkpoint,
      Dataset data,
      GradientPipeline pipeline,
      Seed seed,
      Workers.Parts parts) {
    int steps = checkpoint.schedule().steps();
    int count = Math.min(STEPS, steps);
    int[] at = new int[count];
    double[] spread = new double[count];
    parts.forEach(
        count,
        s -> {
          at[s] = (int) ((2L * s + 1) * steps / (2L * count));
          float[] any = new float[data.shape().numel()];
          DenoisingDraws one =
              DenoisingDraws.atStep(any, Condition.NONE, at[s], seed.child(at[s]), 1);
          List<DenoisingDraws> asked = new ArrayList<>();
          int images = Math.min(IMAGES, data.size());
          for (int i = 0; i < images; i++) {
            int example = (int) ((long) i * data.size() / images);
            float[] image = new float[data.shape().numel()];
            data.read(example, image, 0);
            asked.add(one.withImage(image, data.condition(example)));
          }
          spread[s] = spread(pipeline.project(asked, null).features());
        });
    return new TimestepSpread(at, spread);
  }

  private static double spread(float[][] features) {
    double sum = 0;
    for (int j = 0; j < features[0].length; j++) {
      double mean = 0;
      double squares = 0;
      for (float[] feature : features) {
        mean += feature[j] / features.length;
        squares += (double) feature[j] * feature[j] / features.length;
      }
      sum += Math.max(0, squares - mean * mean);
    }
    return Math.sqrt(sum);
  }

  /** Timesteps in proportion to the spread. */
  TimestepDistribution distribution(int steps) {
    return TimestepDistribution.of(steps, at, spread);
  }

  private record Row(int timestep, @Csv.Format("%.6e") double spread) {}

  /** {@code timestep,spread}, a line each. */
  String csv() {
    return Csv.table(
        Row.class, IntStream.range(0, at.length).mapToObj(s -> new Row(at[s], spread[s])).toList());
  }

  /** Reads {@link #csv()}. */
  static TimestepSpread parse(String csv, Object file) {
    List<Row> rows = Csv.read(Row.class, csv, file, "delete it and featurize anew");
    int[] at = rows.stream().mapToInt(Row::timestep).toArray();
    double[] spread = rows.stream().mapToDouble(Row::spread).toArray();
    for (int s = 0; s < at.length; s++) {
      if (s > 0 && at[s] <= at[s - 1] || !(spread[s] >= 0) || Double.isInfinite(spread[s])) {
        throw new JourneyException(
            file + " has steps that do not rise, or a spread below 0: featurize anew.");
      }
    }
    if (at.length == 0) {
      throw new JourneyException(file + " has no steps: delete it and featurize anew.");
    }
    return new TimestepSpread(at, spread);
  }
}
