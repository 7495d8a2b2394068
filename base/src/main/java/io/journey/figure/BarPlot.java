package io.journey.figure;

import io.journey.figure.BarChart.Bars;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/** Draws the bars of a chart. */
final class BarPlot {
  /** The share of a group's width that its bars take. */
  private static final double FILLED = 0.76;

  private static final double WIDEST = 46;
  private static final int LABEL_ROW = 15;
  private static final int LABEL_ROWS = 3;
  private static final double DEGREES = 40;
  private static final double LONGEST = 190;
  private static final int TEXTURE = 6;

  private final BarChart chart;
  private final ChartFrame frame;
  private final List<List<String>> labels = new ArrayList<>();
  private final boolean slanted;

  BarPlot(BarChart chart) {
    this.chart = chart;
    // The labels of the axis take a little of the width: fifty pixels are more than they need.
    double room = (ChartFrame.WIDTH - 100.0) / chart.groups().size() - 6;
    boolean fits = true;
    for (String group : chart.groups()) {
      labels.add(Pen.wrap(Pen.SMALL, group, room, LABEL_ROWS));
      fits &= String.join(" ", labels.get(labels.size() - 1)).equals(group.strip());
    }
    this.slanted = !fits;
    this.frame = frame();
  }

  private ChartFrame frame() {
    Numbers.Extent extent = new Numbers.Extent();
    extent.add(0);
    for (Bars bars : chart.bars()) {
      extent.add(bars.values());
      extent.add(bars.low());
      extent.add(bars.high());
    }
    chart.rules().forEach(rule -> extent.add(rule.y()));
    double radians = Math.toRadians(DEGREES);
    double slot = (ChartFrame.WIDTH - 200.0) / labels.size();
    double longest = 0;
    double left = 0;
    int rows = 1;
    for (int g = 0; g < labels.size(); g++) {
      double length = slanted ? Pen.width(Pen.SMALL, shortened(g)) : 0;
      longest = Math.max(longest, length);
      left = Math.max(left, length * StrictMath.cos(radians) - (g + 0.5) * slot);
      rows = Math.max(rows, labels.get(g).size());
    }
    int below = slanted ? 22 + (int) (longest * StrictMath.sin(radians)) : 12 + LABEL_ROW * rows;
    return ChartFrame.of(
        chart.title(), chart.yLabel(), null, extent, entries(), below, left + ChartFrame.MARGIN);
  }

  private double slot() {
    return frame.plot().getWidth() / labels.size();
  }

  private String shortened(int group) {
    return Pen.fit(Pen.SMALL, chart.groups().get(group), LONGEST);
  }

  private List<Legend.Entry> entries() {
    List<Legend.Entry> entries = new ArrayList<>();
    for (int i = 0; i < chart.bars().size(); i++) {
      int index = i;
      String name = chart.bars().get(i).name();
      if (chart.bars().size() > 1 || !name.isBlank()) {
        entries.add(
            new Legend.Entry(
                name,
                (pen, x, y) ->
                    bar(pen, index, new Rectangle2D.Double(x + 8, y - 6, Legend.SAMPLE - 8, 12))));
      }
    }
    chart.rules().forEach(rule -> entries.add(ChartFrame.entry(rule)));
    return entries;
  }

  int height() {
    return frame.height();
  }

  void draw(Pen pen) {
    frame.draw(pen);
    for (int g = 0; g < labels.size(); g++) {
      drawGroup(pen, g);
      drawLabel(pen, g);
    }
    chart.rules().forEach(rule -> frame.drawRule(pen, rule));
    double zero = frame.y().at(0);
    Rectangle2D plot = frame.plot();
    pen.line(Palette.AXIS, Palette.stroke(1.2f), plot.getX(), zero, plot.getMaxX(), zero);
  }

  private void drawGroup(Pen pen, int group) {
    int n = chart.bars().size();
    double width = Math.min(WIDEST, FILLED * slot() / n);
    double left = frame.plot().getX() + (group + 0.5) * slot() - width * n / 2;
    double zero = frame.y().at(0);
    for (int i = 0; i < n; i++) {
      Bars bars = chart.bars().get(i);
      double value = bars.values()[group];
      if (Double.isNaN(value)) {
        continue;
      }
      double end = frame.y().at(value);
      double inner = Math.max(1, width - 2);
      double x = left + i * width + (width - inner) / 2;
      bar(pen, i, new Rectangle2D.Double(x, Math.min(end, zero), inner, Math.abs(end - zero)));
      if (bars.low() != null && !Double.isNaN(bars.low()[group] + bars.high()[group])) {
        double from = frame.y().at(bars.low()[group]);
        double to = frame.y().at(bars.high()[group]);
        pen.interval(Palette.INK, x + inner / 2, from, to);
      }
    }
  }

  private void drawLabel(Pen pen, int group) {
    double middle = frame.plot().getX() + (group + 0.5) * slot();
    double top = frame.plot().getMaxY();
    if (slanted) {
      pen.slanted(Pen.SMALL, Palette.FAINT, shortened(group), middle + 4, top + 14, DEGREES);
      return;
    }
    double baseline = top + 17;
    for (String line : labels.get(group)) {
      pen.text(Pen.SMALL, Palette.FAINT, line, middle, baseline, 0.5);
      baseline += LABEL_ROW;
    }
  }

  /**
   * A bar with lines across it, other ones for each series, so that grey print tells them apart.
   */
  private static void bar(Pen pen, int series, Rectangle2D bar) {
    pen.fill(Palette.colour(series), bar);
    BasicStroke stroke = Palette.stroke(1.3f);
    Color light = Palette.translucent(Color.WHITE, 150);
    boolean rising = series % 4 == 1 || series % 4 == 3;
    boolean falling = series % 4 == 2 || series % 4 == 3;
    for (double c = TEXTURE / 2.0; c < bar.getWidth() + bar.getHeight(); c += TEXTURE) {
      // The part inside the bar of the line at 45 degrees that crosses its foot at c from a corner.
      double from = Math.max(0, c - bar.getHeight());
      double to = Math.min(bar.getWidth(), c);
      if (rising) {
        double x = bar.getMaxX();
        pen.line(
            light, stroke, x - from, bar.getMaxY() - (c - from), x - to, bar.getMaxY() - (c - to));
      }
      if (falling) {
        double x = bar.getX();
        pen.line(
            light, stroke, x + from, bar.getMaxY() - (c - from), x + to, bar.getMaxY() - (c - to));
      }
    }
  }
}
