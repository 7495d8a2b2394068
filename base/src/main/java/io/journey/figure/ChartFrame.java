package io.journey.figure;

import java.awt.BasicStroke;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * The parts that charts share: title, the vertical axis with its grid, and the legend below the
 * plot.
 */
final class ChartFrame {
  static final int WIDTH = 720;

  private static final int PLOT = 300;
  static final int MARGIN = 16;
  private static final int TITLE_ROW = 20;
  private static final int TICKS = 6;
  private static final BasicStroke RULE = Palette.stroke(1.3f, 4, 4);

  private final List<String> title;
  private final String yLabel;
  private final Ticks ticks;
  private final Legend legend;
  private final int below;
  private final Rectangle2D plot;
  private final Axis y;

  /**
   * Lays a chart out.
   *
   * @param ticks of the vertical axis, which runs from {@code low} to {@code high}
   * @param below pixels between plot and legend, for what stands under the horizontal axis
   * @param least pixels to the left of the plot at least
   */
  ChartFrame(
      String title,
      String yLabel,
      Ticks ticks,
      double low,
      double high,
      List<Legend.Entry> entries,
      int below,
      double least) {
    this.title = Pen.wrap(Pen.TITLE, Pen.clean(title), WIDTH - 2 * MARGIN, 3);
    this.yLabel = Pen.fit(Pen.SMALL, Pen.clean(yLabel), WIDTH - 2 * MARGIN);
    this.ticks = ticks;
    this.below = below;
    double labels = 0;
    for (String label : ticks.labels()) {
      labels = Math.max(labels, Pen.width(Pen.SMALL, label));
    }
    double left = Math.ceil(Math.max(least, MARGIN + labels + 8));
    double top = MARGIN + this.title.size() * TITLE_ROW + (this.yLabel.isBlank() ? 6 : 32);
    this.plot = new Rectangle2D.Double(left, top, WIDTH - MARGIN - 6 - left, PLOT);
    this.legend = new Legend(entries, plot.getWidth());
    this.y = new Axis(low, high, plot.getMaxY(), plot.getY(), false);
  }

  /**
   * Returns a chart whose vertical axis has this range, or where there is none, room for all
   * numbers.
   */
  static ChartFrame of(
      String title,
      String yLabel,
      LineChart.Range range,
      Numbers.Extent extent,
      List<Legend.Entry> entries,
      int below,
      double least) {
    if (range != null) {
      Ticks ticks = Ticks.between(range.low(), range.high(), TICKS);
      return new ChartFrame(title, yLabel, ticks, range.low(), range.high(), entries, below, least);
    }
    Ticks ticks = Ticks.around(extent.low(), extent.high(), TICKS);
    return new ChartFrame(title, yLabel, ticks, ticks.first(), ticks.last(), entries, below, least);
  }

  /** Returns how the legend names a rule. */
  static Legend.Entry entry(LineChart.Rule rule) {
    return new Legend.Entry(
        rule.name(), (pen, x, y) -> pen.line(Palette.FAINT, RULE, x, y, x + Legend.SAMPLE, y));
  }

  void drawRule(Pen pen, LineChart.Rule rule) {
    double at = y.at(rule.y());
    if (at >= plot.getY() && at <= plot.getMaxY()) {
      pen.line(Palette.FAINT, RULE, plot.getX(), at, plot.getMaxX(), at);
    }
  }

  Rectangle2D plot() {
    return plot;
  }

  Axis y() {
    return y;
  }

  int height() {
    int legendHeight = legend.height();
    return (int) plot.getMaxY() + below + (legendHeight == 0 ? 0 : 6 + legendHeight) + MARGIN - 4;
  }

  /** Title, labels, grid and legend: everything but the plot and what stands below it. */
  void draw(Pen pen) {
    double baseline = MARGIN + 13;
    for (String line : title) {
      pen.text(Pen.TITLE, Palette.INK, line, MARGIN, baseline, 0);
      baseline += TITLE_ROW;
    }
    pen.text(Pen.SMALL, Palette.FAINT, yLabel, MARGIN, baseline + 2, 0);
    BasicStroke thin = Palette.stroke(1);
    for (int i = 0; i < ticks.at().length; i++) {
      double line = y.at(ticks.at()[i]);
      if (line > plot.getY() - 0.5 && line < plot.getMaxY() + 0.5) {
        pen.line(Palette.GRID, thin, plot.getX(), line, plot.getMaxX(), line);
        pen.text(Pen.SMALL, Palette.FAINT, ticks.labels().get(i), plot.getX() - 8, line + 4.3, 1);
      }
    }
    legend.draw(pen, plot.getX(), plot.getMaxY() + below + 6);
  }

  /** The line at the bottom of the plot. */
  void drawBase(Pen pen) {
    pen.line(
        Palette.AXIS,
        Palette.stroke(1),
        plot.getX(),
        plot.getMaxY(),
        plot.getMaxX(),
        plot.getMaxY());
  }
}
