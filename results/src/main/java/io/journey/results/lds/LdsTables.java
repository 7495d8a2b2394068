package io.journey.results.lds;

import io.journey.figure.BarChart;
import io.journey.figure.Figure;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.results.lds.Lds.Interval;
import io.journey.run.Counted;
import io.journey.run.Csv;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Tables, figure and sentences of an LDS evaluation. */
final class LdsTables {
  /** Below so many subsets a bootstrap over halves of them says too little. */
  static final int FEW_SUBSETS = 64;

  /** In place of a step: the mean over those that can be ranked. */
  private static final String RANKED = "ranked";

  /** In place of a step: the mean over all. */
  private static final String ALL = "all";

  /** Points (hundredths of LDS) to which a difference should be known: one standard deviation. */
  private static final double WANTED = 1.5;

  /** Estimators that are told of in words and drawn. */
  private static final int MOST = 20;

  private static final String UNKNOWN_SUMS =
      "How much of what these models do could be a sum of effects of single images is not known: there are"
          + " too few subsets.";

  /** Four digits: a hundredth of a point. */
  private static final String POINTS = "%.4f";

  private final GroundTruth truth;
  private final Lds lds;
  private final Ceiling ceiling; // or null
  private final int[] steps;
  private final int[] ranked; // indices of the steps that can be ranked
  private List<AdditiveShare> sums; // once they are asked for

  LdsTables(GroundTruth truth, Lds lds, Ceiling ceiling) {
    this.truth = truth;
    this.lds = lds;
    this.ceiling = ceiling;
    this.steps = truth.steps();
    this.ranked = ranked(ceiling, steps.length);
  }

  /** Returns whether it is known what perfect scores would reach. */
  boolean hasCeiling() {
    return ceiling != null;
  }

  /** The indices of the steps at which estimators can be told apart. */
  static int[] ranked(Ceiling ceiling, int steps) {
    return ceiling == null
        ? new int[0]
        : IntStream.range(0, steps).filter(ceiling::canRank).toArray();
  }

  /** The steps that decide: those that can be ranked, or all if none can. */
  int[] deciding() {
    return ranked.length > 0 ? ranked : lds.allSteps();
  }

  /** Every estimator at every step, over the steps that can be ranked, and over all. */
  String scores() {
    List<Score> rows = new ArrayList<>();
    for (int e = 0; e < lds.names().size(); e++) {
      for (int s = 0; s < steps.length; s++) {
        rows.add(score(e, Integer.toString(steps[s]), lds.at(e, s), canRank(s)));
      }
      if (ranked.length > 0) {
        rows.add(score(e, RANKED, lds.over(ranked, e), true));
      }
      rows.add(score(e, ALL, lds.overall(e), ranked.length == steps.length));
    }
    return Csv.table(Score.class, rows);
  }

  private record Score(
      String estimator,
      String timestep,
      @Csv.Format(POINTS) double lds,
      @Csv.Format(POINTS) double standardError,
      @Csv.Format(POINTS) double low,
      @Csv.Format(POINTS) double high,
      String dampings,
      String ranked) {}

  private Score score(int e, String step, Interval found, boolean isRanked) {
    return new Score(
        lds.names().get(e),
        step,
        found.value(),
        found.standardError(),
        found.low(),
        found.high(),
        dampings(e),
        isRanked ? "yes" : "no");
  }

  private String stepName(int s) {
    return s == steps.length ? ALL : Integer.toString(steps[s]);
  }

  private boolean canRank(int s) {
    return s == steps.length
        ? ranked.length == steps.length
        : IntStream.of(ranked).anyMatch(r -> r == s);
  }

  /** The dampings of the four cells: subsets by half, in each targets by half. */
  private String dampings(int e) {
    if (Double.isNaN(lds.damping(e, 0, 0))) {
      return "";
    }
    return IntStream.range(0, 4)
        .mapToObj(cell -> Double.toString(lds.damping(e, cell / 2, cell % 2)))
        .collect(Collectors.joining(" "));
  }

  /** Every pair of estimators, over the steps that can be ranked and over all. */
  String differences() {
    List<Difference> rows = new ArrayList<>();
    for (int e = 0; e < lds.names().size(); e++) {
      for (int other = 0; other < lds.names().size(); other++) {
        if (other != e && ranked.length > 0) {
          rows.add(difference(e, other, RANKED, ranked));
        }
        if (other != e) {
          rows.add(difference(e, other, ALL, lds.allSteps()));
        }
      }
    }
    return Csv.table(Difference.class, rows);
  }

  private record Difference(
      String estimator,
      String other,
      String timesteps,
      @Csv.Format(POINTS) double difference,
      @Csv.Format(POINTS) double deviation,
      @Csv.Format(POINTS) double low,
      @Csv.Format(POINTS) double high) {}

  private Difference difference(int e, int other, String name, int[] over) {
    Interval found = lds.difference(over, e, other);
    return new Difference(
        lds.names().get(e),
        lds.names().get(other),
        name,
        found.value(),
        found.deviation(),
        found.low(),
        found.high());
  }

  /** The noise ceiling at every step. */
  String ceiling() {
    List<AtStep> rows = new ArrayList<>();
    for (int s = 0; s <= steps.length; s++) {
      Interval seeds = ceiling.agreement().get(s);
      rows.add(
          new AtStep(
              stepName(s),
              seeds.value(),
              seeds.low(),
              seeds.high(),
              ceiling.attainable()[s],
              ceiling.draws().get(s).value(),
              canRank(s) ? "yes" : "no"));
    }
    return Csv.table(AtStep.class, rows);
  }

  /** Whether sums over images can be what models do, at every step, those that decide and all. */
  String additive() {
    List<OfSums> rows = new ArrayList<>();
    List<AdditiveShare> shares = sums();
    for (int s = 0; s < shares.size(); s++) {
      boolean isRanked = s == steps.length;
      if (!isRanked || ranked.length > 0) {
        String name = isRanked ? RANKED : stepName(Math.min(s, steps.length));
        AdditiveShare of = shares.get(s);
        rows.add(
            new OfSums(name, of.share(), of.standardError(), of.attainable(), of.low(), of.high()));
      }
    }
    return rows.isEmpty() ? "" : Csv.table(OfSums.class, rows);
  }

  /** Of each step, of those that decide, and of all; empty where overlaps tell nothing. */
  private List<AdditiveShare> sums() {
    if (sums == null) {
      List<int[]> sets = new ArrayList<>();
      IntStream.range(0, steps.length).forEach(s -> sets.add(new int[] {s}));
      sets.add(deciding());
      sets.add(lds.allSteps());
      sums = AdditiveShare.of(truth, sets);
    }
    return sums;
  }

  private record OfSums(
      String timestep,
      @Csv.Format(POINTS) double share,
      @Csv.Format(POINTS) double standardError,
      @Csv.Format(POINTS) double attainableBySums,
      @Csv.Format(POINTS) double low,
      @Csv.Format(POINTS) double high) {}

  private record AtStep(
      String timestep,
      @Csv.Format(POINTS) double seedAgreement,
      @Csv.Format(POINTS) double low,
      @Csv.Format(POINTS) double high,
      @Csv.Format(POINTS) double attainable,
      @Csv.Format(POINTS) double drawsAgreement,
      String ranked) {}

  /**
   * Every estimator over all steps by one of several truths.
   *
   * @param name of the truth
   */
  List<ByTruth> byTruth(String name) {
    double attainable = ceiling == null ? Double.NaN : ceiling.attainable()[steps.length];
    return IntStream.of(lds.ranking(lds.allSteps()))
        .mapToObj(
            e -> {
              Interval found = lds.overall(e);
              return new ByTruth(
                  name, lds.names().get(e), found.value(), found.low(), found.high(), attainable);
            })
        .toList();
  }

  /**
   * A line of {@link LdsResult#TRUTHS}.
   *
   * @param attainable by perfect scores; NaN where nothing says so
   */
  record ByTruth(
      String truth,
      String estimator,
      @Csv.Format(POINTS) double lds,
      @Csv.Format(POINTS) double low,
      @Csv.Format(POINTS) double high,
      @Csv.Format(POINTS) double attainable) {
    private String label() {
      return Double.isNaN(attainable)
          ? truth
          : String.format(Locale.ROOT, "%s (%.1f could be reached)", truth, 100 * attainable);
    }

    private String text() {
      return String.format(
          Locale.ROOT, "%s %.1f (%.1f to %.1f)", estimator, 100 * lds, 100 * low, 100 * high);
    }
  }

  /** Returns what one of several truths says, in a sentence. */
  static String sentence(List<ByTruth> lines) {
    return lines.get(0).label()
        + ": "
        + lines.stream().limit(MOST).map(ByTruth::text).collect(Collectors.joining(", "))
        + (lines.size() > MOST ? " and others." : ".");
  }

  /**
   * Draws what several truths say of the same estimators.
   *
   * @param truths of each a line for every estimator, of the first from the best down
   */
  static Figure figure(List<List<ByTruth>> truths) {
    List<String> names = truths.get(0).stream().limit(MOST).map(ByTruth::estimator).toList();
    List<BarChart.Bars> bars = new ArrayList<>();
    for (List<ByTruth> lines : truths) {
      Map<String, ByTruth> of =
          lines.stream().collect(Collectors.toMap(ByTruth::estimator, line -> line));
      bars.add(
          new BarChart.Bars(
              lines.get(0).truth(),
              names.stream().mapToDouble(name -> of.get(name).lds()).toArray(),
              names.stream().mapToDouble(name -> of.get(name).low()).toArray(),
              names.stream().mapToDouble(name -> of.get(name).high()).toArray()));
    }
    return new BarChart(
        "LDS: the same scores, judged by several truths",
        "Spearman correlation over subsets, mean of steps",
        names,
        bars);
  }

  /** LDS by damping, of each half of the subsets with each half of the targets. */
  String dampings(List<Prediction> predictions) {
    List<AtDamping> rows = new ArrayList<>();
    for (int e = 0; e < predictions.size(); e++) {
      double[] tried = predictions.get(e).dampings();
      for (int cell = 0; cell < 4 && tried.length > 1; cell++) {
        double[] curve = lds.dampingCurve(e, cell / 2, cell % 2);
        for (int d = 0; d < tried.length; d++) {
          rows.add(
              new AtDamping(
                  predictions.get(e).name(), tried[d], cell / 2 + 1, cell % 2 + 1, curve[d]));
        }
      }
    }
    return Csv.table(AtDamping.class, rows);
  }

  private record AtDamping(
      String estimator,
      @Csv.Format("%s") double damping,
      int subsetsHalf,
      int targetsHalf,
      @Csv.Format(POINTS) double lds) {}

  /** Figure 4 of the paper. */
  LineChart figure() {
    double[] x = IntStream.of(steps).asDoubleStream().toArray();
    List<Series> lines = new ArrayList<>();
    for (int e : IntStream.of(lds.ranking(deciding())).limit(MOST).toArray()) {
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
      lines.add(
          new Series(
                  truth.isOwnSeed() ? "half of the noise (ceiling)" : "one training seed (ceiling)",
                  x,
                  y,
                  low,
                  high)
              .withDashed(true));
    }
    return new LineChart(
            "LDS: what scores predict and what retraining does",
            "step t, from noise to image",
            "Spearman correlation over subsets",
            lines,
            List.of(new LineChart.Rule("nothing predicted", 0)))
        .xReversed();
  }

  /** Returns the findings, in words; who is best only where some step can be ranked. */
  List<String> sentences() {
    List<String> out = new ArrayList<>();
    int[] ranking = lds.ranking(deciding());
    if (ranked.length > 0) {
      out.add(lds.names().get(ranking[0]) + " predicts best" + where() + ".");
    } else {
      out.add("No step can be ranked: models trained on the same images agree too little.");
    }
    if (ceiling != null) {
      out.add(
          String.format(
              Locale.ROOT,
              truth.isOwnSeed()
                  ? "Of the checkpoints' own seeds, models asked with one half of the noise answer as with"
                      + " the other at %.1f of 100; perfect scores would reach %.1f."
                  : "Models of one training seed agree with those of the others at %.1f of 100; the"
                      + " expectation over seeds would reach %.1f.",
              100 * ceiling.agreement().get(steps.length).value(),
              100 * ceiling.attainable()[steps.length]));
    }
    if (!sums().isEmpty()) {
      AdditiveShare decided = sums().get(steps.length);
      out.add(decided.isKnown() ? sentence(decided) : UNKNOWN_SUMS);
    }
    for (int rank = 0; rank < ranking.length && rank < MOST; rank++) {
      int e = ranking[rank];
      boolean compared = ranked.length > 0 && rank > 0;
      out.add(sentence(e, compared ? lds.difference(ranked, ranking[0], e) : null));
    }
    if (ranking.length > MOST) {
      out.add(Counted.of(ranking.length - MOST, "other estimators") + " are in the tables alone.");
    }
    return out;
  }

  private String sentence(AdditiveShare share) {
    return String.format(
        Locale.ROOT,
        "How these models differ%s is to %.0f %% (± %.0f, one standard error) a sum of effects of single"
            + " images; the rest is chance, or images acting together. Scores of single images could have"
            + " an LDS of about %.0f (%.0f to %.0f)%s.",
        where(),
        100 * Math.max(0, Math.min(1, share.share())),
        100 * share.standardError(),
        100 * share.attainable(),
        100 * share.low(),
        100 * share.high(),
        truth.isOwnSeed() ? "" : ", if they knew what is special to these models' seeds, too");
  }

  private String where() {
    if (ranked.length == 0 || ranked.length == steps.length) {
      return " over all steps";
    }
    return " at t = "
        + IntStream.of(ranked).mapToObj(this::stepName).collect(Collectors.joining(", "));
  }

  /** An estimator's LDS over the steps that decide, and how far it is behind the best, or null. */
  private String sentence(int estimator, Interval behind) {
    Interval found = lds.over(deciding(), estimator);
    String own =
        String.format(
            Locale.ROOT,
            "%s: LDS %.1f of 100%s (95 %% interval %.1f to %.1f)",
            lds.names().get(estimator),
            100 * found.value(),
            where(),
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

  /** Returns the limits of the result, in words. */
  List<String> warnings() {
    List<String> out = new ArrayList<>();
    int subsets = truth.subsets().size();
    if (subsets < FEW_SUBSETS) {
      out.add(
          String.format(
              Locale.ROOT,
              "Only %s: each half has %d, too few for the intervals to be trusted; %d or more"
                  + " are needed.",
              Counted.of(subsets, "subsets"),
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
    int best = lds.ranking(deciding())[0];
    for (int e = 0; e < lds.names().size(); e++) {
      worst =
          e == best
              ? worst
              : Math.max(worst, 100 * lds.difference(deciding(), best, e).deviation());
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
