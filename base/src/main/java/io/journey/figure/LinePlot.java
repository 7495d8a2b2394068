package io.journey.figure;

import io.journey.figure.LineChart.Series;
import io.journey.figure.LineChart.XAxis;
import java.awt.Color;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** Draws the lines of a chart into its frame. */
final class LinePlot {
  /** Pixels under the plot for numbers and label of the horizontal axis. */
  static final int BELOW = 46;

  /** More bands than this hide each other: then intervals are drawn as bars. */
  private static final int MOST_BANDS = 3;

  /** With more points than this only some have markers. */
  private static final int ALL_MARKED = 24;

  private static final int SOME_MARKED = 8;

  private static final int INSET = 14;
  private static final double MOST_ASIDE = 4;
  private static final int MOST_LABELLED = 12;

  private final LineChart chart;
  private final ChartFrame frame;
  private final double[] places;
  private final double spread;
  private final Axis x;
  private final boolean bands;

  LinePlot(LineChart chart, ChartFrame frame) {
    this.chart = chart;
    this.frame = frame;
    this.places =
        chart.series().stream()
            .flatMapToDouble(s -> Arrays.stream(s.x()))
            .map(v -> v + 0.0)
            .distinct()
            .sorted()
            .toArray();
    this.bands = chart.series().stream().filter(Series::hasIntervals).count() <= MOST_BANDS;
    this.spread = spread(axis(INSET));
    this.x = axis(INSET + chart.series().size() / 2.0 * spread);
  }

  private Axis axis(double inset) {
    Rectangle2D plot = frame.plot();
    boolean log = chart.xAxis() == XAxis.LOGARITHMIC;
    double low = places[0];
    double high = places[places.length - 1];
    double from = plot.getX() + inset;
    double to = plot.getMaxX() - inset;
    if (low == high) {
      low = log ? low / 2 : low - 1;
      high = log ? high * 2 : high + 1;
    }
    return chart.xAxis() == XAxis.REVERSED
        ? new Axis(high, low, from, to, false)
        : new Axis(low, high, from, to, log);
  }

  void draw(Pen pen) {
    frame.draw(pen);
    drawHorizontalAxis(pen);
    pen.clip(
        new Rectangle2D.Double(
            frame.plot().getX(),
            frame.plot().getY() - (chart.range() == null ? 8 : 0),
            frame.plot().getWidth(),
            frame.plot().getHeight() + (chart.range() == null ? 16 : 0)));
    chart.rules().forEach(rule -> frame.drawRule(pen, rule));
    for (int i = 0; i < chart.series().size() && bands; i++) {
      drawBands(pen, i);
    }
    for (int i = 0; i < chart.series().size(); i++) {
      drawLine(pen, i);
    }
    for (int i = 0; i < chart.series().size(); i++) {
      drawMarkers(pen, i);
    }
    pen.clip(null);
  }

  private void drawHorizontalAxis(Pen pen) {
    frame.drawBase(pen);
    Rectangle2D plot = frame.plot();
    Ticks ticks = ticks();
    for (int i = 0; i < ticks.at().length; i++) {
      double at = x.at(ticks.at()[i]);
      pen.line(Palette.AXIS, Palette.stroke(1), at, plot.getMaxY(), at, plot.getMaxY() + 4);
      pen.text(Pen.SMALL, Palette.FAINT, ticks.labels().get(i), at, plot.getMaxY() + 18, 0.5);
    }
    String label = Pen.fit(Pen.SMALL, Pen.clean(chart.xLabel()), plot.getWidth());
    pen.text(Pen.SMALL, Palette.FAINT, label, plot.getCenterX(), plot.getMaxY() + 37, 0.5);
  }

  /** Returns the places of the points where they are few, otherwise round numbers. */
  private Ticks ticks() {
    Ticks points = Ticks.of(places);
    if (places.length <= MOST_LABELLED && haveRoom(points)) {
      return points;
    }
    double low = places[0];
    double high = places[places.length - 1];
    return chart.xAxis() == XAxis.LOGARITHMIC && high >= 100 * low
        ? Ticks.powers(low, high)
        : Ticks.between(low, high, 10);
  }

  private boolean haveRoom(Ticks ticks) {
    for (int i = 1; i < ticks.at().length; i++) {
      double half =
          (Pen.width(Pen.SMALL, ticks.labels().get(i - 1))
                  + Pen.width(Pen.SMALL, ticks.labels().get(i)))
              / 2;
      if (Math.abs(x.at(ticks.at()[i]) - x.at(ticks.at()[i - 1])) < half + 8) {
        return false;
      }
    }
    return true;
  }

  /** Pixels between neighbouring series where intervals would lie on each other. */
  private double spread(Axis axis) {
    if (bands || places.length < 2) {
      return 0;
    }
    double gap = Double.POSITIVE_INFINITY;
    for (int i = 1; i < places.length; i++) {
      gap = Math.min(gap, Math.abs(axis.at(places[i]) - axis.at(places[i - 1])));
    }
    return Math.min(MOST_ASIDE, 0.5 * gap / chart.series().size());
  }

  private double aside(int series) {
    return (series - (chart.series().size() - 1) / 2.0) * spread;
  }

  /** Runs of points without a gap, as first and last index. */
  private static List<int[]> runs(int n, IntPredicate there) {
    List<int[]> runs = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      if (there.test(i)) {
        int first = i;
        while (i + 1 < n && there.test(i + 1)) {
          i++;
        }
        runs.add(new int[] {first, i});
      }
    }
    return runs;
  }

  private void drawBands(Pen pen, int index) {
    Series series = chart.series().get(index);
    Color colour = Palette.translucent(Palette.colour(index), 45);
    for (int[] run : runs(series.x().length, series::hasInterval)) {
      if (run[0] == run[1]) {
        drawInterval(pen, index, run[0]);
        continue;
      }
      Path2D band = new Path2D.Double();
      for (int i = run[0]; i <= run[1]; i++) {
        to(band, x.at(series.x()[i]), frame.y().at(series.high()[i]), i == run[0]);
      }
      for (int i = run[1]; i >= run[0]; i--) {
        to(band, x.at(series.x()[i]), frame.y().at(series.low()[i]), false);
      }
      band.closePath();
      pen.fill(colour, band);
    }
  }

  private void drawInterval(Pen pen, int index, int i) {
    Series series = chart.series().get(index);
    pen.interval(
        Palette.colour(index),
        x.at(series.x()[i]) + aside(index),
        frame.y().at(series.low()[i]),
        frame.y().at(series.high()[i]));
  }

  private void drawLine(Pen pen, int index) {
    Series series = chart.series().get(index);
    Path2D path = new Path2D.Double();
    for (int[] run : runs(series.x().length, i -> !Double.isNaN(series.y()[i]))) {
      for (int i = run[0]; i <= run[1] && run[0] < run[1]; i++) {
        to(path, x.at(series.x()[i]) + aside(index), frame.y().at(series.y()[i]), i == run[0]);
      }
    }
    for (int i = 0; i < series.x().length && !bands; i++) {
      if (series.hasInterval(i)) {
        drawInterval(pen, index, i);
      }
    }
    pen.draw(Palette.colour(index), Palette.line(index, series.dashed()), path);
  }

  private void drawMarkers(Pen pen, int index) {
    Series series = chart.series().get(index);
    int n = series.x().length;
    int every = n <= ALL_MARKED ? 1 : (n + SOME_MARKED - 1) / SOME_MARKED;
    for (int i = 0; i < n; i++) {
      boolean alone =
          (i == 0 || Double.isNaN(series.y()[i - 1]))
              && (i == n - 1 || Double.isNaN(series.y()[i + 1]));
      if (!Double.isNaN(series.y()[i]) && (alone || (i + 5 * index) % every == 0)) {
        pen.marker(index, x.at(series.x()[i]) + aside(index), frame.y().at(series.y()[i]));
      }
    }
  }

  private static void to(Path2D path, double x, double y, boolean first) {
    if (first) {
      path.moveTo(x, y);
    } else {
      path.lineTo(x, y);
    }
  }
}
