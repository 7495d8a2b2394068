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
  /** Parts from which on the spread of their scores is told. */
  static final int FEWEST = 4;

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

  /** Sums over the draws of each half: of scores where they are linear, [2][N], else [2][k]. */
  private final double[][] sums;

  /** Sums of the squares of parts' scores, each times its draws, [N]; of linear scores alone. */
  private final double[] squares;

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
    this.sums = new double[2][linear ? features.size() : features.dim()];
    this.squares = new double[linear ? features.size() : 0];
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
   * Returns the squared standard error that the draws leave in each score, [N], from the spread of
   * the scores of parts around their mean, each weighed by its draws; null of fewer than {@value
   * #FEWEST} parts, and where scores are not linear.
   */
  double[] squaredErrors() {
    if (!linear || done < FEWEST) {
      return null;
    }
    double[] errors = new double[scores.length];
    for (int i = 0; i < errors.length; i++) {
      double spread = squares[i] - draws() * scores[i] * scores[i];
      errors[i] = Math.max(0, spread) / (done - 1) / draws();
    }
    return errors;
  }

  /** Returns in how many parts draws were asked about. */
  int parts() {
    return done;
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
    double[][] products = linear ? products(found, workers) : null;
    for (int unit = 0; unit < some; unit++) {
      int half = (done + unit) % 2;
      int count = parts.get(done + unit).length;
      counts[half] += count;
      if (linear) {
        addScores(half, count, products[unit]);
      } else {
        addTo(sums[half], count, found[unit]);
      }
    }
    done += some;
    if (linear) {
      scores = mean(total(), draws());
      halves =
          counts[1] == 0
              ? null
              : new double[][] {mean(sums[0], counts[0]), mean(sums[1], counts[1])};
    } else {
      scoreMeans();
    }
  }

  private void addScores(int half, int count, double[] ofPart) {
    for (int i = 0; i < ofPart.length; i++) {
      sums[half][i] += count * ofPart[i];
      squares[i] += count * ofPart[i] * ofPart[i];
    }
  }

  private static void addTo(double[] sum, int count, float[] gradient) {
    for (int j = 0; j < gradient.length; j++) {
      sum[j] += (double) count * gradient[j];
    }
  }

  private double[] total() {
    double[] all = sums[0].clone();
    for (int j = 0; j < all.length; j++) {
      all[j] += sums[1][j];
    }
    return all;
  }

  /** Scores that are not linear are those of the mean gradient. */
  private void scoreMeans() {
    float[] first = CheckpointScorer.floats(mean(sums[0], counts[0]));
    if (counts[1] == 0) {
      scores = scorer.get().scores(features.targets(new float[][] {first}))[0];
      return;
    }
    float[] second = CheckpointScorer.floats(mean(sums[1], counts[1]));
    float[] all = CheckpointScorer.floats(mean(total(), draws()));
    double[][] three = scorer.get().scores(features.targets(new float[][] {first, second, all}));
    halves = new double[][] {three[0], three[1]};
    scores = three[2];
  }

  private double[][] products(float[][] of, Workers workers) {
    double[][] weights = scorer.get().weights(features.targets(of));
    float[][] x = new float[weights.length][];
    for (int q = 0; q < x.length; q++) {
      x[q] = CheckpointScorer.floats(weights[q]);
    }
    return QuickProducts.of(features.rows(), x, workers);
  }

  private static double[] mean(double[] sum, int count) {
    double[] mean = new double[sum.length];
    for (int j = 0; j < mean.length; j++) {
      mean[j] = sum[j] / count;
    }
    return mean;
  }
}
