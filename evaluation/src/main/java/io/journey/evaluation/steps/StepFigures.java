package io.journey.evaluation.steps;

import io.journey.evaluation.PictureSpace;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.figure.BarChart;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.run.Counted;
import io.journey.statistics.Estimate;
import io.journey.statistics.EstimateSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Charts of drawings; intervals are one standard error to each side. */
final class StepFigures {
  private static final int BINS = 16;
  private static final int PAIRS = 6;

  private StepFigures() {}

  /** Figures 3 and E.4 of the paper, for the curves of one target. */
  static LineChart likelihood(List<FeatureCurve> curves) {
    List<Series> lines = new ArrayList<>();
    for (FeatureCurve curve : curves) {
      double[] x = numbers(curve.points(), Point::step);
      lines.add(
          EstimateSeries.of(
              curve.feature(), x, curve.points().stream().map(Point::share).toList()));
    }
    return likelihood("Target " + curves.get(0).target(), lines);
  }

  /** The mean over targets, each for the class of its own picture; its errors are over targets. */
  static LineChart meanLikelihood(List<FeatureCurve> curves) {
    List<Point> first = curves.get(0).points();
    List<Estimate> means = new ArrayList<>();
    for (int s = 0; s < first.size(); s++) {
      int place = s;
      means.add(
          Estimate.of(
              curves.stream().mapToDouble(c -> c.points().get(place).share().mean()).toArray()));
    }
    Series mean =
        EstimateSeries.of("class of the final picture", numbers(first, Point::step), means);
    return likelihood("Mean of " + Counted.of(curves.size(), "targets"), List.of(mean));
  }

  /** Mean distances, of every pair of models where they are few. */
  static BarChart meanDistances(PictureSpace space, SeedDistances found) {
    List<SeedDistances.Pair> shown = new ArrayList<>();
    if (found.pairs().size() <= PAIRS) {
      shown.addAll(found.pairs());
    }
    if (found.pairs().size() > 1) {
      shown.add(found.all());
    }
    List<String> groups =
        shown.stream()
            .map(p -> p == found.all() ? "all pairs" : p.first() + ", " + p.second())
            .toList();
    return new BarChart(
        "How far pictures of two models are apart",
        space.unit(),
        groups,
        List.of(
            bars("same noise", shown.stream().map(SeedDistances.Pair::same).toList()),
            bars("different noise", shown.stream().map(SeedDistances.Pair::different).toList())));
  }

  private static BarChart.Bars bars(String name, List<Estimate> estimates) {
    return new BarChart.Bars(
        name,
        numbers(estimates, Estimate::mean),
        numbers(estimates, e -> e.mean() - e.standardError()),
        numbers(estimates, e -> e.mean() + e.standardError()));
  }

  /** Figure B.1 of the paper: how distances are spread, over all pairs of models and noises. */
  static LineChart spreadOfDistances(PictureSpace space, SeedDistances found) {
    double most = 0;
    for (SeedDistances.Pair pair : found.pairs()) {
      for (double[] side : pair.samples()) {
        most = Math.max(most, Arrays.stream(side).max().orElse(0));
      }
    }
    double width = most > 0 ? most / BINS : 1;
    double[] centres = IntStream.range(0, BINS).mapToDouble(b -> (b + 0.5) * width).toArray();
    return new LineChart(
        "Distances of pictures of two models",
        space.unit(),
        "share of the pairs of pictures",
        List.of(
            Series.of("same noise", centres, histogram(found, 0, width)),
            Series.of("different noise", centres, histogram(found, 1, width)).withDashes()),
        List.of());
  }

  private static double[] histogram(SeedDistances found, int side, double width) {
    double[] shares = new double[BINS];
    for (SeedDistances.Pair pair : found.pairs()) {
      for (double distance : pair.samples()[side]) {
        int bin = Math.min(BINS - 1, (int) (distance / width));
        shares[bin] += 1.0 / (pair.samples()[side].length * found.pairs().size());
      }
    }
    return shares;
  }

  private static LineChart likelihood(String title, List<Series> lines) {
    return new LineChart(
            title + ": when a class is decided",
            "step t",
            "share of pictures from p(·|x_t)",
            lines,
            List.of())
        .xReversed()
        .withRange(0, 1.02);
  }

  private static <T> double[] numbers(List<T> of, ToDoubleFunction<T> number) {
    return of.stream().mapToDouble(number).toArray();
  }
}
