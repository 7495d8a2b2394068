package io.journey.results.lds;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.statistics.Estimate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Linear datamodeling scores (Park et al. 2023; per step Georgiev et al. 2023): Spearman's
 * correlation over subsets of what an estimator predicts with what the models trained on them do,
 * for every step and target.
 *
 * <p>Subsets and targets are dealt into two folds each, which makes four cells. The damping of a
 * cell is chosen by the cell that shares neither subsets nor targets with it; estimators without
 * damping are judged by the same cells. So a target has two correlations, over either half of the
 * subsets, and its LDS is their mean. Intervals are percentiles of a bootstrap that draws subsets
 * and targets of each fold with replacement, the same for all estimators.
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
  private final double[][][][] curves; // [estimators][folds][folds][dampings]
  private final int[][][] chosen; // [estimators][folds][folds], an index of dampings
  private final RankedSubsets[][][] done; // [folds][steps][targets], by what models do
  private final RankedSubsets[][][][] told; // [estimators][folds][steps][targets], as predicted
  private final double[][][] values; // [estimators][steps][targets]
  private final double[][][] resampled; // [estimators][steps][RESAMPLES]

  private Lds(GroundTruth truth, List<Prediction> predictions) {
    this.truth = truth;
    this.predictions = List.copyOf(predictions);
    this.subsets = folds(truth.subsets().size());
    this.targets = folds(truth.targets());
    this.done = ranked(fold -> truth::predictable, "a model");
    this.curves = new double[predictions.size()][FOLDS][FOLDS][];
    this.chosen = new int[predictions.size()][FOLDS][FOLDS];
    this.told = new RankedSubsets[predictions.size()][][][];
    this.values = new double[told.length][][];
    for (int e = 0; e < told.length; e++) {
      for (int fold = 0; fold < FOLDS; fold++) {
        for (int ofTargets = 0; ofTargets < FOLDS; ofTargets++) {
          curves[e][fold][ofTargets] = curve(predictions.get(e), fold, ofTargets);
          chosen[e][1 - fold][1 - ofTargets] = best(curves[e][fold][ofTargets]);
        }
      }
      Prediction prediction = predictions.get(e);
      int[][] dampings = chosen[e];
      told[e] =
          ranked(
              fold -> (s, t) -> prediction.sums()[dampings[fold][foldOf(t)]][s][t],
              prediction.name());
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
    requireEnough(truth.subsets().size(), truth.targets());
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

  /**
   * Checks that two folds can be made.
   *
   * @throws JourneyException if there are fewer than 6 subsets or 2 targets
   */
  public static void requireEnough(int subsets, int targets) {
    if (subsets < 6 || targets < 2) {
      throw new JourneyException(
          "LDS needs at least 6 subsets and 2 targets, got "
              + subsets
              + " and "
              + targets
              + ": one half of each chooses the damping, the other judges.");
    }
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
   * The mean LDS over steps and targets of a cell with each damping.
   *
   * @param estimator its place in the list
   * @param fold of subsets
   * @param ofTargets fold of targets
   * @return [dampings]
   */
  public double[] dampingCurve(int estimator, int fold, int ofTargets) {
    return curves[estimator][fold][ofTargets].clone();
  }

  private double[] curve(Prediction prediction, int fold, int ofTargets) {
    double[] curve = new double[prediction.dampings().length];
    int[] once = ones(subsets[fold].length);
    int[] among = targets[ofTargets];
    for (int d = 0; d < curve.length; d++) {
      for (int s = 0; s < truth.steps().length; s++) {
        for (int t : among) {
          double[] sums = prediction.sums()[d][s][t];
          RankedSubsets predicted = RankedSubsets.of(sums, subsets[fold], prediction.name());
          curve[d] +=
              predicted.spearman(done[fold][s][t], once) / (truth.steps().length * among.length);
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

  /** The order of the subsets of each fold, [folds][steps][targets]. */
  private RankedSubsets[][][] ranked(IntFunction<OfSubsets> ofFold, String whose) {
    RankedSubsets[][][] out = new RankedSubsets[FOLDS][truth.steps().length][truth.targets()];
    for (int fold = 0; fold < FOLDS; fold++) {
      for (int s = 0; s < out[fold].length; s++) {
        for (int t = 0; t < out[fold][s].length; t++) {
          double[] numbers = ofFold.apply(fold).at(s, t);
          out[fold][s][t] = RankedSubsets.of(numbers, subsets[fold], whose);
        }
      }
    }
    return out;
  }

  /** LDS of every step and target. */
  private double[][] correlations(RankedSubsets[][][] predicted) {
    double[][] out = new double[truth.steps().length][truth.targets()];
    for (int fold = 0; fold < FOLDS; fold++) {
      int[] once = ones(subsets[fold].length);
      for (int s = 0; s < out.length; s++) {
        for (int t = 0; t < out[s].length; t++) {
          out[s][t] += predicted[fold][s][t].spearman(done[fold][s][t], once) / FOLDS;
        }
      }
    }
    return out;
  }

  private double[][][] resample() {
    double[][][] out = new double[predictions.size()][truth.steps().length][RESAMPLES];
    RandomStream stream = Seed.of(0).child("lds").child("bootstrap").stream();
    for (int b = 0; b < RESAMPLES; b++) {
      int[] times = new int[truth.targets()];
      for (int[] ofFold : targets) {
        int[] counts = counts(stream, ofFold.length);
        for (int i = 0; i < counts.length; i++) {
          times[ofFold[i]] = counts[i];
        }
      }
      for (int fold = 0; fold < FOLDS; fold++) {
        addResample(out, b, fold, counts(stream, subsets[fold].length), times);
      }
    }
    return out;
  }

  /** Adds what a fold of subsets says in resample b, with these counts of subsets and targets. */
  private void addResample(double[][][] out, int b, int fold, int[] counts, int[] times) {
    for (int t = 0; t < times.length; t++) {
      double weight = times[t] / (double) (truth.targets() * FOLDS);
      for (int s = 0; s < truth.steps().length && times[t] > 0; s++) {
        for (int e = 0; e < out.length; e++) {
          out[e][s][b] += weight * told[e][fold][s][t].spearman(done[fold][s][t], counts);
        }
      }
    }
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

  /** The indices of all steps. */
  int[] allSteps() {
    return IntStream.range(0, truth.steps().length).toArray();
  }

  /**
   * The places of the estimators, the highest mean LDS first.
   *
   * @param steps indices of the steps to take the mean over
   */
  public int[] ranking(int[] steps) {
    return IntStream.range(0, predictions.size())
        .boxed()
        .sorted(Comparator.comparingDouble(e -> -over(steps, e).value()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The damping an estimator is judged with in a cell; NaN for none. */
  public double damping(int estimator, int fold, int ofTargets) {
    return predictions.get(estimator).dampings()[chosen[estimator][fold][ofTargets]];
  }

  /**
   * LDS of an estimator at a step.
   *
   * @param step an index of steps
   */
  public Interval at(int estimator, int step) {
    return over(new int[] {step}, estimator);
  }

  /**
   * LDS of an estimator, the mean over steps.
   *
   * @param steps their indices
   */
  public Interval over(int[] steps, int estimator) {
    return interval(ofTargets(steps, estimator), draws(steps, estimator));
  }

  /** LDS of an estimator, the mean over all steps. */
  public Interval overall(int estimator) {
    return over(allSteps(), estimator);
  }

  /**
   * How much higher the LDS of one estimator is than that of another, the mean over steps.
   *
   * @param steps their indices
   */
  public Interval difference(int[] steps, int estimator, int other) {
    return interval(
        minus(ofTargets(steps, estimator), ofTargets(steps, other)),
        minus(draws(steps, estimator), draws(steps, other)));
  }

  private static double[] minus(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
  }

  /** The mean over steps for each target. */
  private double[] ofTargets(int[] steps, int estimator) {
    return mean(steps, values[estimator]);
  }

  /** The mean over steps in each resample. */
  private double[] draws(int[] steps, int estimator) {
    return mean(steps, resampled[estimator]);
  }

  private static double[] mean(int[] rows, double[][] of) {
    double[] mean = new double[of[0].length];
    for (int row : rows) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += of[row][i] / rows.length;
      }
    }
    return mean;
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
