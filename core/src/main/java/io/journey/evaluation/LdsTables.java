package io.journey.evaluation;

import io.journey.evaluation.Lds.Interval;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.run.Csv;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Tables, figure and sentences of an LDS evaluation. */
final class LdsTables {
  /** Below so many subsets a bootstrap over halves of them says too little. */
  static final int FEW_SUBSETS = 64;

  /** Points (hundredths of LDS) to which a difference should be known: one standard deviation. */
  private static final double WANTED = 1.5;

  private final GroundTruth truth;
  private final Lds lds;
  private final Ceiling ceiling; // or null
  private final int[] steps;

  LdsTables(GroundTruth truth, Lds lds, Ceiling ceiling) {
    this.truth = truth;
    this.lds = lds;
    this.ceiling = ceiling;
    this.steps = truth.steps();
  }

  /** Every estimator at every step, and over all steps. */
  String scores() {
    StringBuilder csv =
        new StringBuilder(
            "estimator,step,lds,standard_error,low,high,damping_of_first_half,damping_of_second_half,"
                + "ranked\n");
    for (int e = 0; e < lds.names().size(); e++) {
      for (int s = 0; s <= steps.length; s++) {
        Interval found = s == steps.length ? lds.overall(e) : lds.at(e, s);
        csv.append(Csv.quote(lds.names().get(e))).append(',').append(stepName(s)).append(',');
        csv.append(cells(found)).append(',');
        csv.append(damping(lds.damping(e, 0))).append(',').append(damping(lds.damping(e, 1)));
        csv.append(',').append(canRank(s) ? "yes" : "no").append('\n');
      }
    }
    return csv.toString();
  }

  private String stepName(int s) {
    return s == steps.length ? "all" : Integer.toString(steps[s]);
  }

  private boolean canRank(int s) {
    return ceiling != null && ceiling.canRank(s);
  }

  private static String cells(Interval found) {
    return String.format(
        Locale.ROOT,
        "%.4f,%.4f,%.4f,%.4f",
        found.value(),
        found.standardError(),
        found.low(),
        found.high());
  }

  private static String damping(double c) {
    return Double.isNaN(c) ? "" : Double.toString(c);
  }

  /** Every pair of estimators, over all steps. */
  String differences() {
    StringBuilder csv = new StringBuilder("estimator,other,difference,deviation,low,high\n");
    for (int e = 0; e < lds.names().size(); e++) {
      for (int other = 0; other < lds.names().size(); other++) {
        if (other != e) {
          Interval found = lds.difference(e, other);
          csv.append(Csv.quote(lds.names().get(e))).append(',');
          csv.append(Csv.quote(lds.names().get(other)));
          csv.append(
              String.format(
                  Locale.ROOT,
                  ",%.4f,%.4f,%.4f,%.4f\n",
                  found.value(),
                  found.deviation(),
                  found.low(),
                  found.high()));
        }
      }
    }
    return csv.toString();
  }

  /** The noise ceiling at every step. */
  String ceiling() {
    StringBuilder csv =
        new StringBuilder("step,seed_agreement,low,high,attainable,draws_agreement,ranked\n");
    for (int s = 0; s <= steps.length; s++) {
      Interval seeds = ceiling.agreement().get(s);
      csv.append(
          String.format(
              Locale.ROOT,
              "%s,%.4f,%.4f,%.4f,%.4f,%.4f,%s\n",
              stepName(s),
              seeds.value(),
              seeds.low(),
              seeds.high(),
              ceiling.attainable()[s],
              ceiling.draws().get(s).value(),
              canRank(s) ? "yes" : "no"));
    }
    return csv.toString();
  }

  /** LDS by damping, by each half. */
  String dampings(List<Prediction> predictions) {
    StringBuilder csv = new StringBuilder("estimator,damping,lds_first_half,lds_second_half\n");
    for (int e = 0; e < predictions.size(); e++) {
      double[] first = lds.dampingCurve(e, 0);
      double[] second = lds.dampingCurve(e, 1);
      for (int d = 0; d < first.length && predictions.get(e).dampings().length > 1; d++) {
        csv.append(Csv.quote(predictions.get(e).name())).append(',');
        csv.append(predictions.get(e).dampings()[d]);
        csv.append(String.format(Locale.ROOT, ",%.4f,%.4f\n", first[d], second[d]));
      }
    }
    return csv.toString();
  }

  /** Figure 4 of the paper. */
  LineChart figure() {
    double[] x = IntStream.of(steps).asDoubleStream().toArray();
    List<Series> lines = new ArrayList<>();
    for (int e : lds.ranking()) {
      double[] y = new double[x.length];
      for (int s = 0; s < y.length; s++) {
        y[s] = lds.at(e, s).value();
      }
      lines.add(Series.of(lds.names().get(e), x, y));
    }
    if (ceiling != null) {
      double[] y = new double[x.length];
      double[] low = new double[x.length];
      double[] high = new double[x.length];
      for (int s = 0; s < y.length; s++) {
        y[s] = ceiling.agreement().get(s).value();
        low[s] = ceiling.agreement().get(s).low();
        high[s] = ceiling.agreement().get(s).high();
      }
      lines.add(new Series("one training seed (ceiling)", x, y, low, high).withDashes());
    }
    return new LineChart(
            "LDS: what scores predict and what retraining does",
            "step t, from noise to image",
            "Spearman correlation over subsets",
            lines,
            List.of(new LineChart.Rule("nothing predicted", 0)))
        .xReversed();
  }

  /** What was found, in words; who is best only where some step can be ranked. */
  List<String> sentences() {
    List<String> out = new ArrayList<>();
    boolean ranked = IntStream.range(0, steps.length).anyMatch(this::canRank);
    int[] ranking = lds.ranking();
    if (ranked) {
      out.add(lds.names().get(ranking[0]) + " predicts best.");
    } else {
      out.add("No step can be ranked: models trained on the same images agree too little.");
    }
    if (ceiling != null) {
      out.add(
          String.format(
              Locale.ROOT,
              "Models of one training seed agree with those of the others at %.1f of 100; the"
                  + " expectation over seeds would reach %.1f.",
              100 * ceiling.agreement().get(steps.length).value(),
              100 * ceiling.attainable()[steps.length]));
    }
    for (int e : ranking) {
      out.add(sentence(e, ranked && e != ranking[0] ? lds.difference(ranking[0], e) : null));
    }
    return out;
  }

  /** An estimator's LDS over all steps, and how far it is behind the best, or null. */
  private String sentence(int estimator, Interval behind) {
    Interval found = lds.overall(estimator);
    String own =
        String.format(
            Locale.ROOT,
            "%s: LDS %.1f of 100 over all steps (95 %% interval %.1f to %.1f)",
            lds.names().get(estimator),
            100 * found.value(),
            100 * found.low(),
            100 * found.high());
    if (behind == null) {
      return own + ".";
    }
    return own
        + String.format(
            Locale.ROOT,
            ", %.1f behind (%.1f to %.1f)%s.",
            100 * behind.value(),
            100 * behind.low(),
            100 * behind.high(),
            behind.low() > 0 ? "" : ", not told apart from the best");
  }

  /** What limits it, in words. */
  List<String> warnings() {
    List<String> out = new ArrayList<>();
    int subsets = truth.subsets().size();
    if (subsets < FEW_SUBSETS) {
      out.add(
          String.format(
              Locale.ROOT,
              "Only %d subsets: each half has %d, too few for the intervals to be trusted; %d or more"
                  + " are needed.",
              subsets,
              subsets / 2,
              FEW_SUBSETS));
    }
    if (ceiling == null) {
      out.add(
          "One model of each subset: how much of what it does is chance is not known, so no step is"
              + " ranked.");
    } else {
      List<String> lost = new ArrayList<>();
      for (int s = 0; s < steps.length; s++) {
        if (!canRank(s)) {
          lost.add(stepName(s));
        }
      }
      if (!lost.isEmpty()) {
        out.add(
            "Models agree too little to rank estimators at t = " + String.join(", ", lost) + ".");
      }
    }
    double worst = 0;
    int best = lds.ranking()[0];
    for (int e = 0; e < lds.names().size(); e++) {
      worst = e == best ? worst : Math.max(worst, 100 * lds.difference(best, e).deviation());
    }
    if (worst > WANTED) {
      out.add(
          String.format(
              Locale.ROOT,
              "A difference of two estimators is known to %.1f points at worst (one standard"
                  + " deviation), more than %.1f.",
              worst,
              WANTED));
    }
    return out;
  }
}
