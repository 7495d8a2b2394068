package io.journey.score;

import io.journey.diffusion.DenoisingDraws;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The answer of one checkpoint to one question, made of more and more of its draws. Gradients are
 * linear in draws: that of all is the mean of those of the parts.
 */
final class CheckpointRefinement {
  private final TargetGradients gradients;
  private final TrainingFeatures features;
  private final Supplier<Scorer> scorer;
  private final boolean linear;
  private final FeatureRequirement.Target kind;
  private final Trajectory target;
  private final int step;
  private final TargetDraws asked;
  private DenoisingDraws draws;
  private List<int[]> parts;
  private int done;

  /** Sums over the draws of each half, [2][k]. */
  private final double[][] sums;

  private final int[] counts = new int[2];
  private double[][] halves;
  private double[] scores;

  /**
   * @param scorer prepared when it is first asked for
   */
  CheckpointRefinement(
      TargetGradients gradients,
      TrainingFeatures features,
      Supplier<Scorer> scorer,
      Estimator estimator,
      Trajectory target,
      int step,
      TargetDraws asked) {
    this.gradients = gradients;
    this.features = features;
    this.scorer = scorer;
    this.linear = estimator.isLinear() && !(estimator.needs().damped() && isDual(features));
    this.kind = estimator.needs().target();
    this.target = target;
    this.step = step;
    this.asked = asked;
    this.sums = new double[2][features.dim()];
  }

  private static boolean isDual(TrainingFeatures features) {
    return features.size() < features.dim();
  }

  /** Returns whether all draws were asked about. */
  boolean isFinished() {
    return parts != null && done == parts.size();
  }

  /** Returns how many draws were asked about. */
  int draws() {
    return counts[0] + counts[1];
  }

  /** Returns how many draws there are to ask about, or 0 before the first were. */
  int ofDraws() {
    return draws == null ? 0 : draws.count();
  }

  /** Returns the scores by the draws so far, [N]; null before the first. */
  double[] scores() {
    return scores;
  }

  /** Returns the scores by each half of the draws so far, [2][N]; null without a second half. */
  double[][] halves() {
    return halves;
  }

  /**
   * Asks about as many further parts as there are workers, two at least.
   *
   * @param cancelled ends it early, with the answer as it was
   */
  void advance(Workers workers, BooleanSupplier cancelled) {
    if (draws == null) {
      workers.forEach(1, unit -> draws = gradients.draws(kind, target, step, asked));
      parts = DrawParts.of(draws.count(), kind == FeatureRequirement.Target.AVERAGED);
    }
    int some = Math.min(parts.size() - done, Math.max(2, workers.threads() / 2 * 2));
    float[][] found = new float[some][];
    workers.forEach(
        some,
        unit -> {
          if (!cancelled.getAsBoolean()) {
            DenoisingDraws part = draws.some(parts.get(done + unit));
            found[unit] = gradients.project(List.of(part), asked.mask(0)).features()[0];
          }
        });
    if (cancelled.getAsBoolean()) {
      return;
    }
    gradients.requireFinite(found);
    for (int unit = 0; unit < some; unit++) {
      add((done + unit) % 2, parts.get(done + unit).length, found[unit]);
    }
    done += some;
    score(workers);
  }

  private void add(int half, int count, float[] gradient) {
    counts[half] += count;
    for (int j = 0; j < gradient.length; j++) {
      sums[half][j] += (double) count * gradient[j];
    }
  }

  private void score(Workers workers) {
    float[] first = mean(sums[0], counts[0]);
    if (counts[1] == 0) {
      scores = products(new float[][] {first}, workers)[0];
      return;
    }
    float[] second = mean(sums[1], counts[1]);
    if (linear) {
      halves = products(new float[][] {first, second}, workers);
      scores = new double[features.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (counts[0] * halves[0][i] + counts[1] * halves[1][i]) / draws();
      }
      return;
    }
    double[] all = sums[0].clone();
    for (int j = 0; j < all.length; j++) {
      all[j] += sums[1][j];
    }
    double[][] three = products(new float[][] {first, second, mean(all, draws())}, workers);
    halves = new double[][] {three[0], three[1]};
    scores = three[2];
  }

  private double[][] products(float[][] of, Workers workers) {
    TargetFeatures targets = features.targets(of);
    if (!linear) {
      return scorer.get().scores(targets);
    }
    double[][] weights = scorer.get().weights(targets);
    float[][] x = new float[weights.length][];
    for (int q = 0; q < x.length; q++) {
      x[q] = CheckpointScorer.floats(weights[q]);
    }
    return QuickProducts.of(features.rows(), x, workers);
  }

  private static float[] mean(double[] sum, int count) {
    float[] mean = new float[sum.length];
    for (int j = 0; j < mean.length; j++) {
      mean[j] = (float) (sum[j] / count);
    }
    return mean;
  }
}
