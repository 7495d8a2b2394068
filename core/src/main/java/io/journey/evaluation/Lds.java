package io.journey.evaluation;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Linear datamodeling scores (Park et al. 2023; per step Georgiev et al. 2023): Spearman's
 * correlation over subsets of what an estimator predicts with what the models trained on them do,
 * for every step and target.
 *
 * <p>Subsets and targets are dealt into two folds. A damping is chosen by one fold, its subsets and
 * its targets, and judged by the other, both ways; estimators without damping are judged by the
 * same subsets and targets. Intervals are percentiles of a bootstrap that draws subsets and targets
 * of each fold with replacement, the same for all estimators.
 */
public final class Lds {
  /** Resamples of the bootstrap. */
  public static final int RESAMPLES = 1000;

  private static final int FOLDS = 2;
  private static final double TAIL = 0.025;

  /**
   * A mean over targets.
   *
   * @param value of LDS, −1 to 1
   * @param standardError over targets, the subsets given
   * @param low the lower end of a 95 % interval over subsets and targets
   * @param high its upper end
   * @param deviation of the bootstrap
   */
  public record Interval(
      double value, double standardError, double low, double high, double deviation) {}

  private final GroundTruth truth;
  private final List<Prediction> predictions;
  private final int[][] subsets; // of each fold
  private final int[][] targets;
  private final int[][] chosen; // [estimators][folds], an index of dampings
  private final RankedSubsets[][] done; // [steps][targets], by what models do
  private final RankedSubsets[][][] told; // [estimators][steps][targets], by what is predicted
  private final double[][][] values; // [estimators][steps][targets]
  private final double[][][] resampled; // [estimators][steps + 1][RESAMPLES]

  private Lds(GroundTruth truth, List<Prediction> predictions) {
    this.truth = truth;
    this.predictions = List.copyOf(predictions);
    this.subsets = folds(truth.subsets().size());
    this.targets = folds(truth.targets());
    this.done = ranked(truth::outputs, "a model");
    this.chosen = new int[predictions.size()][FOLDS];
    for (int e = 0; e < chosen.length; e++) {
      for (int fold = 0; fold < FOLDS; fold++) {
        chosen[e][fold] = best(dampingCurve(e, 1 - fold));
      }
    }
    this.told = new RankedSubsets[predictions.size()][][];
    this.values = new double[told.length][][];
    for (int e = 0; e < told.length; e++) {
      Prediction prediction = predictions.get(e);
      int[] ofFolds = chosen[e];
      told[e] = ranked((s, t) -> prediction.sums()[ofFolds[foldOf(t)]][s][t], prediction.name());
      values[e] = correlations(told[e]);
    }
    this.resampled = resample();
  }

  /**
   * Judges estimators.
   *
   * @throws JourneyException if there are too few subsets or targets for two folds, a prediction
   *     does not fit them, or one is no number
   */
  public static Lds of(GroundTruth truth, List<Prediction> predictions) {
    if (truth.subsets().size() < 6 || truth.targets() < 2) {
      throw new JourneyException(
          "LDS needs at least 6 subsets and 2 targets, got "
              + truth.subsets().size()
              + " and "
              + truth.targets()
              + ": one half of each chooses the damping, the other judges.");
    }
    for (Prediction prediction : predictions) {
      for (double[][][] sums : prediction.sums()) {
        if (sums.length != truth.steps().length
            || sums[0].length != truth.targets()
            || sums[0][0].length != truth.subsets().size()) {
          throw new JourneyException(
              "The predictions of "
                  + prediction.name()
                  + " are of other steps, targets or subsets than the ground truth.");
        }
      }
    }
    return new Lds(truth, predictions);
  }

  /** Every second one, by number. */
  private static int[][] folds(int count) {
    int[][] folds = new int[FOLDS][];
    for (int fold = 0; fold < FOLDS; fold++) {
      int rest = fold;
      folds[fold] = IntStream.range(0, count).filter(i -> i % FOLDS == rest).toArray();
    }
    return folds;
  }

  /**
   * The mean LDS over steps and targets of a fold with each damping.
   *
   * @param estimator its place in the list
   * @return [dampings]
   */
  public double[] dampingCurve(int estimator, int fold) {
    Prediction prediction = predictions.get(estimator);
    double[] curve = new double[prediction.dampings().length];
    int[] once = ones(subsets[fold].length);
    for (int d = 0; d < curve.length; d++) {
      for (int s = 0; s < truth.steps().length; s++) {
        for (int t : targets[fold]) {
          double[] sums = prediction.sums()[d][s][t];
          RankedSubsets predicted = RankedSubsets.of(sums, subsets[fold], prediction.name());
          curve[d] +=
              predicted.spearman(done[s][t], once) / (truth.steps().length * targets[fold].length);
        }
      }
    }
    return curve;
  }

  private static int best(double[] curve) {
    int best = 0;
    for (int d = 1; d < curve.length; d++) {
      best = curve[d] > curve[best] ? d : best;
    }
    return best;
  }

  private static int[] ones(int n) {
    int[] ones = new int[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static int foldOf(int target) {
    return target % FOLDS;
  }

  /** A number for each subset, by step and target. */
  private interface OfSubsets {
    double[] at(int step, int target);
  }

  /** The subsets of each target's fold, [steps][targets]. */
  private RankedSubsets[][] ranked(OfSubsets numbers, String whose) {
    RankedSubsets[][] out = new RankedSubsets[truth.steps().length][truth.targets()];
    for (int s = 0; s < out.length; s++) {
      for (int t = 0; t < out[s].length; t++) {
        out[s][t] = RankedSubsets.of(numbers.at(s, t), subsets[foldOf(t)], whose);
      }
    }
    return out;
  }

  /** LDS of every step and target. */
  private double[][] correlations(RankedSubsets[][] predicted) {
    double[][] out = new double[predicted.length][truth.targets()];
    for (int s = 0; s < out.length; s++) {
      for (int t = 0; t < out[s].length; t++) {
        out[s][t] = predicted[s][t].spearman(done[s][t], ones(subsets[foldOf(t)].length));
      }
    }
    return out;
  }

  private double[][][] resample() {
    int steps = truth.steps().length;
    double[][][] out = new double[predictions.size()][steps + 1][RESAMPLES];
    RandomStream stream = Seed.of(0).child("lds").child("bootstrap").stream();
    for (int b = 0; b < RESAMPLES; b++) {
      for (int fold = 0; fold < FOLDS; fold++) {
        int[] counts = counts(stream, subsets[fold].length);
        int[] times = counts(stream, targets[fold].length);
        for (int t = 0; t < times.length; t++) {
          for (int s = 0; s < steps && times[t] > 0; s++) {
            int target = targets[fold][t];
            for (int e = 0; e < out.length; e++) {
              double lds = told[e][s][target].spearman(done[s][target], counts);
              out[e][s][b] += times[t] * lds / truth.targets();
              out[e][steps][b] += times[t] * lds / truth.targets() / steps;
            }
          }
        }
      }
    }
    return out;
  }

  /** How often each of n things is drawn in n draws with replacement. */
  private static int[] counts(RandomStream stream, int n) {
    int[] counts = new int[n];
    for (int i = 0; i < n; i++) {
      counts[stream.nextInt(n)]++;
    }
    return counts;
  }

  /** The names of the estimators, in the order given. */
  public List<String> names() {
    return predictions.stream().map(Prediction::name).toList();
  }

  /** The places of the estimators, the highest mean LDS first. */
  public int[] ranking() {
    return IntStream.range(0, predictions.size())
        .boxed()
        .sorted(Comparator.comparingDouble(e -> -overall(e).value()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The damping an estimator is judged with in a fold, chosen by the other; NaN for none. */
  public double damping(int estimator, int fold) {
    return predictions.get(estimator).dampings()[chosen[estimator][fold]];
  }

  /**
   * LDS of an estimator at a step.
   *
   * @param step an index of steps
   */
  public Interval at(int estimator, int step) {
    return interval(values[estimator][step], resampled[estimator][step]);
  }

  /** LDS of an estimator, the mean over steps. */
  public Interval overall(int estimator) {
    return interval(overSteps(estimator), resampled[estimator][truth.steps().length]);
  }

  /** The mean over steps for each target. */
  private double[] overSteps(int estimator) {
    double[] mean = new double[truth.targets()];
    for (int s = 0; s < truth.steps().length; s++) {
      for (int t = 0; t < mean.length; t++) {
        mean[t] += values[estimator][s][t] / truth.steps().length;
      }
    }
    return mean;
  }

  /** How much higher the LDS of one estimator is than that of another, the mean over steps. */
  public Interval difference(int estimator, int other) {
    int all = truth.steps().length;
    double[] values = overSteps(estimator);
    double[] others = overSteps(other);
    double[] draws = resampled[estimator][all].clone();
    for (int t = 0; t < values.length; t++) {
      values[t] -= others[t];
    }
    for (int b = 0; b < draws.length; b++) {
      draws[b] -= resampled[other][all][b];
    }
    return interval(values, draws);
  }

  private static Interval interval(double[] ofTargets, double[] draws) {
    Estimate over = Estimate.of(ofTargets);
    double[] sorted = draws.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(draws).sum() / draws.length;
    double squares = Arrays.stream(draws).map(x -> (x - mean) * (x - mean)).sum();
    int cut = (int) Math.floor(TAIL * sorted.length);
    return new Interval(
        over.mean(),
        over.standardError(),
        sorted[cut],
        sorted[sorted.length - 1 - cut],
        Math.sqrt(squares / (draws.length - 1)));
  }
}
