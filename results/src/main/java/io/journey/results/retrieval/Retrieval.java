package io.journey.results.retrieval;

import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.random.Seed;
import io.journey.results.EvaluationResult;
import io.journey.results.lds.Prediction;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.statistics.Bootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Judges scores by a {@link HiddenSource}: average precision, and recall among as many images as
 * are hidden and among twice as many, per step. The damping of a target is chosen by the targets of
 * the other half (every second one), the highest mean average precision over steps. Intervals are
 * percentiles of a bootstrap over targets, the same for all estimators.
 */
public final class Retrieval {
  /** Average precision and recall by estimator and step. */
  public static final String TABLE = "retrieval.csv";

  /** The bootstrap's resamples. */
  private static final int RESAMPLES = 1000;

  /** Fewer targets than these make intervals that are too short. */
  private static final int FEW_TARGETS = 20;

  /** Estimators that have a sentence, from the best; all are in the table. */
  private static final int TOLD = 30;

  private static final String ALL = "all";
  private static final String FORMAT = "%.4f";

  /**
   * What is found of an estimator.
   *
   * @param chosen the places of the dampings of targets with even and with odd numbers
   * @param precision [steps and their mean][targets]
   * @param recall [k][steps and their mean][targets]
   */
  private record Found(
      String name, double[] dampings, int[] chosen, double[][] precision, double[][][] recall) {
    double[] overall() {
      return precision[precision.length - 1];
    }

    double mean() {
      return Arrays.stream(overall()).average().orElseThrow();
    }
  }

  private final HiddenSource truth;
  private final int[] within; // k of recall
  private final int[][] resamples; // how often each target is drawn
  private final List<Found> found;

  private Retrieval(HiddenSource truth, List<Prediction> predictions) {
    this.truth = truth;
    this.within = new int[] {truth.count(), Math.min(truth.examples().size(), 2 * truth.count())};
    this.resamples = new int[RESAMPLES][];
    Bootstrap.resample(
        Seed.of(0).child("retrieval").child("bootstrap"),
        RESAMPLES,
        (b, resample) -> resamples[b] = resample.counts(truth.targets()));
    this.found =
        predictions.stream()
            .map(this::find)
            .sorted(Comparator.comparingDouble(one -> -one.mean()))
            .toList();
  }

  /**
   * Judges predictions.
   *
   * @param predictions scores of all images, one or more estimators
   * @throws JourneyException if there are fewer than two targets, or a score is no number
   */
  public static EvaluationResult.Draft of(HiddenSource truth, List<Prediction> predictions) {
    requireEnough(truth.targets());
    return new Retrieval(truth, predictions).draft();
  }

  /**
   * Checks that one half of the targets can choose a damping for the other.
   *
   * @throws JourneyException if there are fewer than two
   */
  public static void requireEnough(int targets) {
    if (targets < 2) {
      throw new JourneyException(
          "Retrieval needs at least 2 targets of the hidden source, got "
              + targets
              + ": one half chooses the damping of the other.");
    }
  }

  private Found find(Prediction by) {
    int steps = truth.steps().length;
    int dampings = by.sums().length;
    double[][][] precision = new double[dampings][steps + 1][truth.targets()];
    for (int d = 0; d < dampings; d++) {
      for (int s = 0; s < steps; s++) {
        for (int t = 0; t < truth.targets(); t++) {
          double[] scores = by.sums()[d][s][t];
          requireNumbers(by, scores);
          precision[d][s][t] = truth.averagePrecision(scores);
          precision[d][steps][t] += precision[d][s][t] / steps;
        }
      }
    }
    int[] chosen = {best(precision, 1), best(precision, 0)};
    double[][] own = new double[steps + 1][truth.targets()];
    double[][][] recall = new double[within.length][steps + 1][truth.targets()];
    for (int t = 0; t < truth.targets(); t++) {
      int d = chosen[t % 2];
      for (int s = 0; s <= steps; s++) {
        own[s][t] = precision[d][s][t];
      }
      for (int k = 0; k < within.length; k++) {
        for (int s = 0; s < steps; s++) {
          recall[k][s][t] = truth.recall(by.sums()[d][s][t], within[k]);
          recall[k][steps][t] += recall[k][s][t] / steps;
        }
      }
    }
    return new Found(by.name(), by.dampings(), chosen, own, recall);
  }

  /**
   * The damping with the highest mean average precision over all steps of every second target.
   *
   * @param precision [dampings][steps and their mean][targets]
   * @param half the number of its first target, 0 or 1
   */
  private static int best(double[][][] precision, int half) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int d = 0; d < precision.length; d++) {
      double[] overall = precision[d][precision[d].length - 1];
      double mean =
          IntStream.range(0, overall.length)
              .filter(t -> t % 2 == half)
              .mapToDouble(t -> overall[t])
              .average()
              .orElseThrow();
      if (mean > highest) {
        highest = mean;
        best = d;
      }
    }
    return best;
  }

  private static void requireNumbers(Prediction by, double[] scores) {
    for (double score : scores) {
      if (Double.isNaN(score)) {
        throw new JourneyException(
            by.name() + " has a score that is no number: it cannot be judged.");
      }
    }
  }

  private EvaluationResult.Draft draft() {
    EvaluationResult.Draft draft =
        EvaluationResult.of(
            "Hidden-source retrieval",
            "Do the training images of a picture's own source have the highest scores?");
    sentences().forEach(draft::sentence);
    if (truth.targets() < FEW_TARGETS) {
      draft.warning(
          "Only "
              + Counted.of(truth.targets(), "targets")
              + ": intervals over so few are too short; "
              + FEW_TARGETS
              + " or more are needed.");
    }
    return draft
        .table(TABLE, Csv.table(Row.class, rows()))
        .table("differences.csv", Csv.table(Difference.class, differences()))
        .figure("retrieval", figure());
  }

  private List<String> sentences() {
    List<String> out = new ArrayList<>();
    boolean isFound = interval(found.get(0).overall()).low() > truth.chance();
    out.add(
        isFound
            ? found.get(0).name() + " finds the hidden source best."
            : "Nothing finds the hidden source better than chance.");
    out.add(
        String.format(
            Locale.ROOT,
            "%d of %d training images are hidden; chance has an average precision of %.1f of 100.",
            truth.count(),
            truth.examples().size(),
            100 * truth.chance()));
    Found best = found.get(0);
    for (Found one : found.subList(0, Math.min(TOLD, found.size()))) {
      Bootstrap interval = interval(one.overall());
      String text =
          String.format(
              Locale.ROOT,
              "%s: average precision %.1f of 100 over all steps (95 %% interval %.1f to %.1f), %.0f %% of"
                  + " the hidden images among the first %d",
              one.name(),
              100 * one.mean(),
              100 * interval.low(),
              100 * interval.high(),
              100 * mean(one.recall()[0][truth.steps().length]),
              within[0]);
      if (one != best) {
        double[] behind = minus(best.overall(), one.overall());
        Bootstrap difference = interval(behind);
        text +=
            String.format(
                Locale.ROOT,
                ", %.1f behind (%.1f to %.1f)%s",
                100 * mean(behind),
                100 * difference.low(),
                100 * difference.high(),
                difference.low() > 0 ? "" : ", not told apart from the best");
      }
      out.add(text + ".");
    }
    return out;
  }

  /**
   * A line of {@link #TABLE}.
   *
   * @param recall the share of hidden images among the first k, k as many as are hidden
   * @param recallOfTwice the same with k twice as many
   * @param dampings chosen for the first and the second half of the targets
   */
  private record Row(
      String estimator,
      String timestep,
      @Csv.Format(FORMAT) double averagePrecision,
      @Csv.Format(FORMAT) double low,
      @Csv.Format(FORMAT) double high,
      @Csv.Format(FORMAT) double recall,
      @Csv.Format(FORMAT) double recallOfTwice,
      String dampings) {}

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Found one : found) {
      for (int s = 0; s < one.precision().length; s++) {
        double[] ofTargets = one.precision()[s];
        Bootstrap interval = interval(ofTargets);
        rows.add(
            new Row(
                one.name(),
                s == truth.steps().length ? ALL : Integer.toString(truth.steps()[s]),
                mean(ofTargets),
                interval.low(),
                interval.high(),
                mean(one.recall()[0][s]),
                mean(one.recall()[1][s]),
                dampings(one)));
      }
    }
    return rows;
  }

  private static String dampings(Found one) {
    double[] tried = one.dampings();
    return Double.isNaN(tried[0]) ? "" : tried[one.chosen()[0]] + " " + tried[one.chosen()[1]];
  }

  private record Difference(
      String estimator,
      String other,
      @Csv.Format(FORMAT) double difference,
      @Csv.Format(FORMAT) double deviation,
      @Csv.Format(FORMAT) double low,
      @Csv.Format(FORMAT) double high) {}

  private List<Difference> differences() {
    List<Difference> rows = new ArrayList<>();
    for (Found one : found) {
      for (Found other : found) {
        if (one != other) {
          double[] ahead = minus(one.overall(), other.overall());
          Bootstrap interval = interval(ahead);
          rows.add(
              new Difference(
                  one.name(),
                  other.name(),
                  mean(ahead),
                  interval.deviation(),
                  interval.low(),
                  interval.high()));
        }
      }
    }
    return rows;
  }

  private LineChart figure() {
    double[] x = IntStream.of(truth.steps()).asDoubleStream().toArray();
    List<Series> lines = new ArrayList<>();
    for (Found one : found) {
      double[] y = new double[x.length];
      for (int s = 0; s < y.length; s++) {
        y[s] = mean(one.precision()[s]);
      }
      lines.add(Series.of(one.name(), x, y));
    }
    return new LineChart(
            "Hidden source: whose images come first",
            "step t, from noise to image",
            "average precision",
            lines,
            List.of(new LineChart.Rule("chance", truth.chance())))
        .xReversed();
  }

  private Bootstrap interval(double[] ofTargets) {
    double[] statistics = new double[RESAMPLES];
    for (int b = 0; b < RESAMPLES; b++) {
      for (int t = 0; t < ofTargets.length; t++) {
        statistics[b] += resamples[b][t] * ofTargets[t] / ofTargets.length;
      }
    }
    return Bootstrap.of(statistics);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double[] minus(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
  }
}
