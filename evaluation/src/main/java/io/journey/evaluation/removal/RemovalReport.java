package io.journey.evaluation.removal;

import io.journey.evaluation.removal.RemovalTable.Summary;
import io.journey.figure.Figure;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Rule;
import io.journey.figure.LineChart.Series;
import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.statistics.Estimate;
import io.journey.statistics.PairedDifference;
import io.journey.training.Retraining.Coupling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;

/**
 * Says and draws what removal did.
 *
 * @param quantity with its article, as in a sentence: "the distance"
 * @param study what was removed
 * @param table what was found
 */
record RemovalReport(String quantity, RemovalStudy study, RemovalTable table) {
  /** More sentences than this nobody reads: then only the largest sets have one. */
  private static final int MOST_SENTENCES = 24;

  /** A bar this many times as high as all others is cut off: they would not be seen beside it. */
  private static final double FAR = 2;

  /** Above the highest of the others. */
  private static final double ROOM = 1.1;

  List<String> sentences() {
    List<Summary> compared =
        table.summaries().stream().filter(s -> s.againstRandom() != null && s.k() > 0).toList();
    if (compared.size() > MOST_SENTENCES) {
      List<Integer> removed = study.config().removed();
      int largest = removed.get(removed.size() - 1);
      compared = compared.stream().filter(s -> s.k() == largest).limit(MOST_SENTENCES).toList();
    }
    List<String> sentences = new ArrayList<>();
    compared.forEach(summary -> sentences.add(sentence(summary)));
    sentences.add(control());
    if (study.config().coupling() == Coupling.COUPLED) {
      sentences.add(
          "Models have their training seed in common with those trained on all images, so that a"
              + " difference comes from the removed images alone; increases are not comparable"
              + " with those of independently trained models, as in the paper.");
    }
    return sentences;
  }

  private String sentence(Summary summary) {
    PairedDifference difference = summary.againstRandom();
    Summary random =
        table.summaries().stream()
            .filter(s -> s.source().equals(Removal.RANDOM) && s.k() == summary.k())
            .findFirst()
            .orElseThrow();
    return String.format(
        Locale.ROOT,
        "Without %s, %s is %s above the baseline, without %s %s; the difference is"
            + " %s, 95 %% interval %s to %s: %s.",
        RemovedSets.words(summary.source(), summary.k()),
        quantity,
        number(summary.increase()),
        Counted.of(summary.k(), "random images"),
        number(random.increase()),
        number(difference.over()),
        number(difference.low()),
        number(difference.high()),
        verdict(difference));
  }

  private String verdict(PairedDifference difference) {
    if (study.hasFewTargets()) {
      return "too few targets to judge by";
    }
    if (difference.isLarger()) {
      return "more than by random removal";
    }
    return difference.isSmaller()
        ? "less than by random removal"
        : "not told apart from random removal";
  }

  private String control() {
    return String.format(
        Locale.ROOT,
        "For comparison, %s is %s for a model trained on all images with another seed, and %s for"
            + " the original with other noise.",
        quantity,
        number(table.otherSeed()),
        Double.isNaN(table.reference().mean()) ? "unknown" : number(table.reference().mean()));
  }

  private static String number(Estimate estimate) {
    return Double.isNaN(estimate.standardError())
        ? number(estimate.mean())
        : number(estimate.mean()) + " ± " + number(estimate.standardError());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1 ? "%.3f" : "%.2f", value);
  }

  /**
   * A line for each estimator over K, with standard errors.
   *
   * @param aboveBaseline whether the increase is drawn, or what was measured
   */
  Figure chart(String title, String yLabel, boolean aboveBaseline) {
    List<Series> lines = new ArrayList<>();
    for (String source : table.summaries().stream().map(Summary::source).distinct().toList()) {
      List<Summary> own =
          table.summaries().stream().filter(s -> s.source().equals(source)).toList();
      Series line = series(source, own, aboveBaseline);
      lines.add(source.equals(Removal.RANDOM) ? line.withDashes() : line);
    }
    double baseline = aboveBaseline ? table.summaries().get(0).baseline().mean() : 0;
    double otherSeed = table.otherSeed().mean() - baseline;
    double otherNoise = table.reference().mean() - baseline;
    List<Rule> rules = new ArrayList<>();
    rules.add(rule("all images, another seed", otherSeed));
    double top = Math.max(otherSeed, extreme(lines, Series::high, Math::max));
    boolean far = otherNoise > FAR * top;
    if (!Double.isNaN(otherNoise)) {
      rules.add(rule("original, other noise" + (far ? ", higher up" : ""), otherNoise));
    }
    LineChart chart = new LineChart(title, "training images removed", yLabel, lines, rules);
    double bottom = extreme(lines, Series::low, Math::min);
    return far ? chart.withRange(bottom, ROOM * top) : chart;
  }

  /** The furthest of 0 and what lines reach. */
  private static double extreme(
      List<Series> lines, Function<Series, double[]> of, DoubleBinaryOperator furthest) {
    return lines.stream()
        .flatMapToDouble(line -> Arrays.stream(of.apply(line)))
        .filter(Double::isFinite)
        .reduce(0, furthest);
  }

  /** All rules look alike: the number tells them apart. */
  private static Rule rule(String name, double y) {
    return new Rule(name + " (" + number(y) + ")", y);
  }

  private static Series series(String source, List<Summary> own, boolean aboveBaseline) {
    int n = own.size();
    double[] x = new double[n];
    double[] y = new double[n];
    double[] low = new double[n];
    double[] high = new double[n];
    for (int i = 0; i < n; i++) {
      Estimate drawn = aboveBaseline ? own.get(i).increase() : own.get(i).value();
      x[i] = own.get(i).k();
      y[i] = drawn.mean();
      low[i] = y[i] - drawn.standardError();
      high[i] = y[i] + drawn.standardError();
    }
    return new Series(source, x, y, low, high);
  }

  /**
   * Tables, sentences and warnings of a result; its figures are added by whoever made the check.
   *
   * @param column of the quantity in tables
   * @param name of the table
   */
  EvaluationResult.Draft draft(
      String title, String question, String name, String column, List<String> warnings) {
    EvaluationResult.Draft draft = EvaluationResult.of(title, question);
    sentences().forEach(draft::sentence);
    warnings.forEach(draft::warning);
    return draft
        .table(RemovalStudy.SUMMARY, table.summaryCsv(column))
        .table(name, table.csv(column));
  }
}
