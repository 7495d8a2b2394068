package io.journey.figure;

import static java.util.Objects.requireNonNull;

import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Bars from zero in groups, with intervals.
 *
 * @param title what the chart shows
 * @param yLabel what is upwards, with its unit
 * @param groups names under the bars
 * @param bars one or more, each with a bar in every group; a blank name of a single one leaves the
 *     legend away
 * @param rules dashed lines across the plot, such as chance
 */
public record BarChart(
    String title, String yLabel, List<String> groups, List<Bars> bars, List<LineChart.Rule> rules)
    implements Figure {

  /**
   * One bar in every group.
   *
   * @param values [groups] NaN where there is no bar
   * @param low [groups] lower ends of intervals, NaN where there is none, or null for no intervals
   * @param high [groups] upper ends, as {@code low}
   */
  public record Bars(String name, double[] values, double[] low, double[] high) {
    public Bars {
      name = Pen.clean(name);
      Numbers.requireIntervals(name, values.length, values, low, high);
    }

    /** Bars without intervals. */
    public static Bars of(String name, double... values) {
      return new Bars(name, values, null, null);
    }
  }

  public BarChart {
    requireNonNull(title, "title");
    requireNonNull(yLabel, "yLabel");
    groups = groups.stream().map(Pen::clean).toList();
    bars = List.copyOf(bars);
    rules = List.copyOf(rules);
    Numbers.require(!groups.isEmpty() && !bars.isEmpty(), "chart", title, "has no bars");
    for (Bars each : bars) {
      Numbers.require(
          each.values().length == groups.size(),
          "series",
          each.name(),
          "has " + each.values().length + " bars, expected " + groups.size());
    }
  }

  public BarChart(String title, String yLabel, List<String> groups, List<Bars> bars) {
    this(title, yLabel, groups, bars, List.of());
  }

  /** The same with a dashed line across the plot. */
  public BarChart withRule(String name, double y) {
    List<LineChart.Rule> more = new ArrayList<>(rules);
    more.add(new LineChart.Rule(name, y));
    return new BarChart(title, yLabel, groups, bars, more);
  }

  @Override
  public int width() {
    return ChartFrame.WIDTH;
  }

  @Override
  public int height() {
    return new BarPlot(this).height();
  }

  @Override
  public void draw(Graphics2D g) {
    new BarPlot(this).draw(new Pen(g));
  }
}
