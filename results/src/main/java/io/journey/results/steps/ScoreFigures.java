package io.journey.results.steps;

import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.results.steps.SignFlips.AtK;
import io.journey.results.steps.StepCorrelation.AtDistance;
import io.journey.statistics.Estimate;
import io.journey.statistics.EstimateSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Charts of scores over steps; intervals are one standard error to each side. */
final class ScoreFigures {
  private ScoreFigures() {}

  /** Figure B.5 of the paper. */
  static LineChart correlation(StepCorrelation found) {
    List<AtDistance> at = found.distances();
    double[] x = at.stream().mapToDouble(AtDistance::distance).toArray();
    List<Series> lines = new ArrayList<>();
    lines.add(EstimateSeries.of("the same target", x, at.stream().map(AtDistance::same).toList()));
    if (!Double.isNaN(at.get(0).other().mean())) {
      Series other =
          EstimateSeries.of("another target", x, at.stream().map(AtDistance::other).toList());
      lines.add(other.withDashed(true));
    }
    return new LineChart(
        "Scores at two steps, the further these are apart",
        "distance of the steps |t − t′|",
        "Spearman correlation",
        lines,
        List.of(new LineChart.Rule("unrelated", 0)));
  }

  /** Figure B.4 of the paper. */
  static LineChart flips(SignFlips found) {
    return besideRandom(
            found.curve(),
            AtK::share,
            AtK::randomShare,
            "An image pushes for the target at one step, against it at another",
            "K highest and K lowest scores",
            "share of targets")
        .withRange(0, 1.02);
  }

  /** Returns how much of the top remains at another step. */
  static LineChart overlap(SignFlips found) {
    return besideRandom(
        found.curve(),
        AtK::overlap,
        AtK::randomOverlap,
        "What two steps share of their K highest scores",
        "K highest scores",
        "share of the K images");
  }

  private static LineChart besideRandom(
      List<AtK> curve,
      Function<AtK, Estimate> found,
      ToDoubleFunction<AtK> random,
      String title,
      String xLabel,
      String yLabel) {
    double[] x = curve.stream().mapToDouble(AtK::k).toArray();
    return new LineChart(
            title,
            xLabel,
            yLabel,
            List.of(
                EstimateSeries.of("found", x, curve.stream().map(found).toList()),
                Series.of("random scores", x, curve.stream().mapToDouble(random).toArray())
                    .withDashed(true)),
            List.of())
        .xLogarithmic();
  }
}
