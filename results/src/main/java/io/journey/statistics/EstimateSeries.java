package io.journey.statistics;

import io.journey.figure.LineChart.Series;
import java.util.List;

/** Estimates as a line of a chart. */
public final class EstimateSeries {
  private EstimateSeries() {}

  /** Returns a line through means, with one standard error to each side. */
  public static Series of(String name, double[] x, List<Estimate> estimates) {
    return new Series(
        name,
        x,
        estimates.stream().mapToDouble(Estimate::mean).toArray(),
        estimates.stream().mapToDouble(e -> e.mean() - e.standardError()).toArray(),
        estimates.stream().mapToDouble(e -> e.mean() + e.standardError()).toArray());
  }
}
