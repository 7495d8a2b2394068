package io.journey.benchmarks;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.Damping;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How high a training image ranks for itself: training images, noised to each step and slightly
 * changed, are attributed as if the model had drawn them; their own place among all scores is told
 * as median and worst, for each step, and for scores dealt to the wrong examples.
 *
 * <p>Arguments: a run directory with {@code checkpoints} and {@code features}, the data, how many
 * images[, another folder of features[, damping]].
 */
public final class DuplicateRank {
  private static final int[] STEPS = {100, 200, 300, 400, 500, 600, 700, 800, 900};

  private DuplicateRank() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    Path run = Path.of(args[0]);
    Dataset data = Datasets.open(args[1]);
    int count = Integer.parseInt(args[2]);
    Ensemble ensemble = Ensemble.open(run.resolve("checkpoints"));
    FeatureStore features =
        FeatureStore.open(args.length > 3 ? Path.of(args[3]) : run.resolve("features"));
    double damping = args.length > 4 ? Double.parseDouble(args[4]) : Damping.DEFAULT.c();
    int[] planted = new int[count];
    List<Trajectory> targets = new ArrayList<>();
    try (Checkpoint checkpoint = ensemble.first()) {
      for (int n = 0; n < count; n++) {
        planted[n] = (int) ((long) n * data.size() / count);
        targets.add(noised(checkpoint, data, planted[n]));
      }
    }
    Attribution attribution =
        Attributor.of(ensemble, features)
            .withDamping(damping)
            .attribute(targets, Timesteps.of(STEPS), RunContext.of(Libtorch.device()));
    int[] order = Seed.of(99).stream().permutation(data.size());
    for (int s = 0; s < STEPS.length; s++) {
      int[] ranks = new int[count];
      int[] shuffled = new int[count];
      for (int n = 0; n < count; n++) {
        float[] scores = attribution.scores(s, n);
        ranks[n] = rank(scores, planted[n]);
        shuffled[n] = rank(scores, order[planted[n]]);
      }
      Arrays.sort(ranks);
      Arrays.sort(shuffled);
      System.out.printf(
          Locale.ROOT,
          "{\"step\": %d, \"images\": %d, \"of\": %d, \"median_rank\": %d, \"worst_rank\": %d,"
              + " \"median_rank_shuffled\": %d}%n",
          STEPS[s],
          count,
          data.size(),
          ranks[count / 2],
          ranks[count - 1],
          shuffled[count / 2]);
    }
  }

  private static Trajectory noised(Checkpoint checkpoint, Dataset data, int index) {
    int numel = data.shape().numel();
    float[] image = new float[numel];
    data.read(index, image, 0);
    Seed seed = Seed.of(98).child(data.id(index));
    float[] change = new float[numel];
    seed.child("change").stream().fillGaussian(change);
    for (int i = 0; i < numel; i++) {
      image[i] += 0.02f * change[i];
    }
    int[] falling = new int[STEPS.length];
    float[][] xt = new float[STEPS.length][];
    float[] noise = new float[numel];
    for (int s = 0; s < STEPS.length; s++) {
      falling[s] = STEPS[STEPS.length - 1 - s];
      seed.child(falling[s]).stream().fillGaussian(noise);
      xt[s] = checkpoint.schedule().noisy(image, noise, 0, falling[s]);
    }
    return new Trajectory(
        data.shape(),
        checkpoint.fingerprint(),
        "98",
        Condition.NONE,
        falling,
        xt,
        new float[xt.length][numel],
        image);
  }

  private static int rank(float[] scores, int index) {
    int rank = 1;
    for (float score : scores) {
      rank += score > scores[index] ? 1 : 0;
    }
    return rank;
  }
}
