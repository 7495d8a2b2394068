package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.figure.BarChart.Bars;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Where a bar chart puts what it is given. */
class BarChartTest {
  /** The bars, without ground, clips and the legend's samples. */
  private static List<Element> bars(BarChart chart) throws Exception {
    List<Element> bars = new ArrayList<>();
    for (Element rect : Drawn.of(chart).all("rect")) {
      boolean ground = Drawn.number(rect, "width") == chart.width();
      if (!ground && Drawn.number(rect, "width") != Legend.SAMPLE - 8) {
        bars.add(rect);
      }
    }
    return bars;
  }

  @Test
  void barsAreAsHighAsTheirNumbersOnBothSidesOfZero() throws Exception {
    List<String> groups = List.of("a", "b");
    double nan = Double.NaN;
    BarChart chart =
        new BarChart(
            "Title", "score", groups, List.of(Bars.of("x", 0.4, -0.1), Bars.of("y", 0.2, nan)));
    List<Element> bars = bars(chart);
    assertThat(bars).hasSize(3);
    double unit = Drawn.number(bars.get(0), "height") / 0.4;
    assertThat(Drawn.number(bars.get(1), "height")).isCloseTo(0.2 * unit, within(0.01));
    assertThat(Drawn.number(bars.get(2), "height")).isCloseTo(0.1 * unit, within(0.01));
    double zero = Drawn.number(bars.get(0), "y") + Drawn.number(bars.get(0), "height");
    assertThat(Drawn.number(bars.get(2), "y")).isCloseTo(zero, within(0.01));
    assertThat(Drawn.number(bars.get(1), "x")).isGreaterThan(Drawn.number(bars.get(0), "x"));
  }

  @Test
  void labelsThatDoNotFitAreTurnedAndStayInside() throws Exception {
    List<String> groups = new ArrayList<>();
    double[] values = new double[15];
    for (int g = 0; g < 15; g++) {
      groups.add("the method of many words, number " + g);
      values[g] = g;
    }
    BarChart chart = new BarChart("Title", "", groups, List.of(Bars.of("", values)));
    List<Element> turned =
        Drawn.of(chart).all("text").stream()
            .filter(t -> t.getTextContent().startsWith("the method"))
            .toList();
    assertThat(turned).hasSize(15);
    for (Element text : turned) {
      // translate(x,y) rotate(degrees)
      String[] place =
          Drawn.inherited(text, "transform").replaceAll("[a-z()]", " ").trim().split("[, ]+");
      assertThat(place).hasSize(3);
      double radians = Math.toRadians(Double.parseDouble(place[2]));
      double x = Drawn.number(text, "x");
      double left = Double.parseDouble(place[0]) + Math.cos(radians) * x;
      double foot = Double.parseDouble(place[1]) + Math.sin(radians) * x;
      assertThat(left).isGreaterThan(0);
      assertThat(foot).isLessThan(chart.height());
    }
  }

  @Test
  void whatCannotBeDrawnIsRefused() {
    assertThatThrownBy(() -> new BarChart("T", "", List.of("a", "b"), List.of(Bars.of("x", 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 1 bars, expected 2");
    assertThatThrownBy(() -> new BarChart("T", "", List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no bars");
  }
}
