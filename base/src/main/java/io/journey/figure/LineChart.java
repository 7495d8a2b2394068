package io.journey.figure;

import static java.util.Objects.requireNonNull;

import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines over numbers, with intervals around them and horizontal lines to compare with.
 *
 * @param title what the chart shows
 * @param xLabel what is to the right, with its unit
 * @param yLabel what is upwards, with its unit
 * @param series one or more
 * @param rules dashed lines across the plot, such as chance
 * @param xAxis how x runs
 * @param range what the vertical axis shows; null for all there is
 */
public record LineChart(
    String title,
    String xLabel,
    String yLabel,
    List<Series> series,
    List<Rule> rules,
    XAxis xAxis,
    Range range)
    implements Figure {

  /** How the horizontal axis runs. */
  public enum XAxis {
    /** Small numbers are left. */
    LINEAR,
    /** Large numbers are left: the steps of a diffusion model, from noise to image. */
    REVERSED,
    /** Equal ratios are equally wide; every x is positive. */
    LOGARITHMIC
  }

  /** The numbers a vertical axis runs between; what lies outside is cut off. */
  public record Range(double low, double high) {
    public Range {
      if (!(low < high) || !Double.isFinite(high - low)) {
        throw new IllegalArgumentException(
            "a range needs low < high, both finite, got " + low + " and " + high);
      }
    }
  }

  /**
   * A line.
   *
   * @param x [n] finite, in the order of the line
   * @param y [n] NaN where there is a gap
   * @param low [n] lower ends of intervals, NaN where there is none, or null for no intervals
   * @param high [n] upper ends, as {@code low}
   * @param dashed whether the line is drawn dashed, as for a baseline
   */
  public record Series(
      String name, double[] x, double[] y, double[] low, double[] high, boolean dashed) {
    public Series {
      name = Pen.clean(name);
      Numbers.require(x.length > 0, "series", name, "has no points");
      Numbers.requireFinite(name, x);
      Numbers.requireIntervals(name, x.length, y, low, high);
    }

    public Series(String name, double[] x, double[] y, double[] low, double[] high) {
      this(name, x, y, low, high, false);
    }

    /** A line without intervals. */
    public static Series of(String name, double[] x, double[] y) {
      return new Series(name, x, y, null, null);
    }

    /** The same, dashed. */
    public Series withDashes() {
      return new Series(name, x, y, low, high, true);
    }

    boolean hasInterval(int i) {
      return low != null && !Double.isNaN(y[i]) && !Double.isNaN(low[i]) && !Double.isNaN(high[i]);
    }

    boolean hasIntervals() {
      return low != null;
    }
  }

  /** A horizontal dashed line, named in the legend. */
  public record Rule(String name, double y) {
    public Rule {
      name = Pen.clean(name);
      Numbers.requireFinite(name, y);
    }
  }

  public LineChart {
    requireNonNull(title, "title");
    requireNonNull(xLabel, "xLabel");
    requireNonNull(yLabel, "yLabel");
    requireNonNull(xAxis, "xAxis");
    series = List.copyOf(series);
    rules = List.copyOf(rules);
    Numbers.require(!series.isEmpty(), "chart", title, "has no series");
    if (xAxis == XAxis.LOGARITHMIC) {
      for (Series line : series) {
        for (double x : line.x()) {
          Numbers.require(x > 0, "series", line.name(), "has x = " + x + " on a logarithmic axis");
        }
      }
    }
  }

  public LineChart(
      String title, String xLabel, String yLabel, List<Series> series, List<Rule> rules) {
    this(title, xLabel, yLabel, series, rules, XAxis.LINEAR, null);
  }

  /** The same with large x left, as steps of a diffusion model are drawn: from noise to image. */
  public LineChart xReversed() {
    return new LineChart(title, xLabel, yLabel, series, rules, XAxis.REVERSED, range);
  }

  /** The same with a logarithmic horizontal axis. */
  public LineChart xLogarithmic() {
    return new LineChart(title, xLabel, yLabel, series, rules, XAxis.LOGARITHMIC, range);
  }

  /** The same with a vertical axis of these ends. */
  public LineChart withRange(double low, double high) {
    return new LineChart(title, xLabel, yLabel, series, rules, xAxis, new Range(low, high));
  }

  @Override
  public int width() {
    return ChartFrame.WIDTH;
  }

  @Override
  public int height() {
    return frame().height();
  }

  @Override
  public void draw(Graphics2D g) {
    new LinePlot(this, frame()).draw(new Pen(g));
  }

  private ChartFrame frame() {
    Numbers.Extent extent = new Numbers.Extent();
    for (Series line : series) {
      extent.add(line.y());
      extent.add(line.low());
      extent.add(line.high());
    }
    rules.forEach(rule -> extent.add(rule.y()));
    return ChartFrame.of(title, yLabel, range, extent, entries(), LinePlot.BELOW, 0);
  }

  private List<Legend.Entry> entries() {
    List<Legend.Entry> entries = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      int index = i;
      boolean dashed = series.get(i).dashed();
      entries.add(
          new Legend.Entry(
              series.get(i).name(),
              (pen, x, y) -> {
                pen.line(
                    Palette.colour(index), Palette.line(index, dashed), x, y, x + Legend.SAMPLE, y);
                pen.marker(index, x + Legend.SAMPLE / 2.0, y);
              }));
    }
    rules.forEach(rule -> entries.add(ChartFrame.entry(rule)));
    return entries;
  }
}
