package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.figure.LineChart.Rule;
import io.journey.figure.LineChart.Series;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Where a line chart puts what it is given. */
class LineChartTest {
  private static final double[] STEPS = {100, 200, 400, 900};

  private static LineChart chart(Series... series) {
    return new LineChart("Title", "step t", "score", List.of(series), List.of());
  }

  /** The centres of the first series' markers, which are circles; the last is the legend's. */
  private static List<double[]> markers(LineChart chart) throws Exception {
    List<double[]> centres = new ArrayList<>();
    for (Element circle : Drawn.of(chart).all("circle")) {
      if (!Drawn.inherited(circle, "fill").equals("none")) {
        centres.add(new double[] {Drawn.number(circle, "cx"), Drawn.number(circle, "cy")});
      }
    }
    centres.remove(0);
    return centres;
  }

  @Test
  void equalDifferencesAreEquallyFarApart() throws Exception {
    double[] y = {0.1, 0.2, -0.1, 0.5};
    List<double[]> at = markers(chart(Series.of("a", STEPS, y)));
    assertThat(at).hasSize(4);
    double right = (at.get(3)[0] - at.get(0)[0]) / 800;
    double up = (at.get(0)[1] - at.get(3)[1]) / 0.4;
    assertThat(right).isPositive();
    assertThat(up).isPositive();
    for (int i = 0; i < 4; i++) {
      assertThat(at.get(i)[0] - at.get(0)[0]).isCloseTo(right * (STEPS[i] - 100), within(0.01));
      assertThat(at.get(0)[1] - at.get(i)[1]).isCloseTo(up * (y[i] - 0.1), within(0.01));
    }
  }

  @Test
  void aPointStandsAtTheHeightOfItsTickLabel() throws Exception {
    LineChart chart = chart(Series.of("a", STEPS, new double[] {0.2, 0.4, 0.0, 1.0}));
    double label = Drawn.number(Drawn.of(chart).text("0.4"), "y");
    assertThat(markers(chart).get(1)[1]).isCloseTo(label, within(6.0));
  }

  @Test
  void aRuleOutsideTheRangeStandsInTheLegendAlone() throws Exception {
    List<Series> series = List.of(Series.of("a", STEPS, new double[] {0, 1, 2, 3}));
    List<Integer> lines = new ArrayList<>();
    for (double at : new double[] {2.5, 9}) {
      LineChart chart = new LineChart("Title", "t", "y", series, List.of(new Rule("far", at)));
      Drawn drawn = Drawn.of(chart.withRange(0, 4));
      assertThat(drawn.text("far")).isNotNull();
      lines.add(drawn.all("line").size());
    }
    assertThat(lines.get(1)).isEqualTo(lines.get(0) - 1);
  }

  @Test
  void reversedLargeStepsAreLeftAndLogarithmicEqualRatiosAreEqual() throws Exception {
    LineChart chart = chart(Series.of("a", STEPS, new double[4]));
    List<double[]> reversed = markers(chart.xReversed());
    assertThat(reversed.get(3)[0]).isLessThan(reversed.get(2)[0]);
    assertThat(reversed.get(1)[0]).isLessThan(reversed.get(0)[0]);
    List<double[]> ratios = markers(chart.xLogarithmic());
    assertThat(ratios.get(1)[0] - ratios.get(0)[0])
        .isCloseTo(ratios.get(2)[0] - ratios.get(1)[0], within(0.01))
        .isPositive();
  }

  @Test
  void aGapSplitsLineAndBandAndAPointAloneKeepsItsInterval() throws Exception {
    double nan = Double.NaN;
    double[] x = {1, 2, 3, 4, 5, 6, 7};
    double[] y = {1, 2, nan, 3, nan, 5, 6};
    double[] low = {0.5, 1.5, nan, 2.5, nan, nan, nan};
    double[] high = {1.5, 2.5, nan, 3.5, nan, nan, nan};
    Drawn drawn = Drawn.of(chart(new Series("a", x, y, low, high)));
    List<String> paths =
        drawn.all("path").stream()
            .filter(p -> !p.getParentNode().getLocalName().equals("clipPath"))
            .map(p -> p.getAttribute("d"))
            .toList();
    // The band of points 1 and 2, then the line from 1 to 2 and from 6 to 7; 4 stands alone.
    assertThat(paths).hasSize(2);
    assertThat(paths.get(0)).contains("Z").containsOnlyOnce("M");
    assertThat(paths.get(1).chars().filter(c -> c == 'M').count()).isEqualTo(2);
    assertThat(drawn.all("circle").stream().filter(c -> !c.getAttribute("fill").equals("none")))
        .hasSize(1 + 5);
    Element alone = drawn.all("circle").get(2 * 2);
    double x4 = Drawn.number(alone, "cx");
    assertThat(drawn.all("line"))
        .anyMatch(l -> Drawn.number(l, "x1") == x4 && Drawn.number(l, "x2") == x4);
  }

  @Test
  void noTextLiesOnAnotherOrOutsideWithFifteenSeries() throws Exception {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      double[] y = {0.1 * i, 0.2, 0.3, -0.01 * i};
      double[] end = {2, 2, 2, 2};
      String name = "A way to rank images, with a name that is rather long, " + i;
      series.add(new Series(name.substring(0, name.length() - 3 * i), STEPS, y, y, end));
    }
    String title = "Fifteen ways to rank training images, and how well each foretells what happens";
    LineChart chart =
        new LineChart(title, "step t", "score", series, List.of(new Rule("chance", 0)));
    Drawn drawn = Drawn.of(chart.xReversed());
    Rectangle2D page = new Rectangle2D.Double(0, 0, chart.width(), chart.height());
    List<Element> texts = drawn.all("text");
    assertThat(texts).hasSizeGreaterThan(15 + 1 + 2 + 4);
    for (Element text : texts) {
      Rectangle2D box = Drawn.bounds(text);
      assertThat(page.contains(box)).as(text.getTextContent()).isTrue();
      for (Element other : texts) {
        assertThat(other != text && box.intersects(Drawn.bounds(other)))
            .as("%s and %s", text.getTextContent(), other.getTextContent())
            .isFalse();
      }
    }
  }

  @Test
  void markersAndDashesKeepSeriesApartWithoutColour() {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      Rectangle2D box = Palette.marker(i, 0, 0).getBounds2D();
      boolean corner = Palette.marker(i, 0, 0).contains(2.9, 2.9);
      boolean top = Palette.marker(i, 0, 0).contains(0, -4.2);
      boolean foot = Palette.marker(i, 0, 0).contains(0, 4.2);
      seen.add(Palette.filled(i) + " " + box + corner + top + foot);
    }
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void whatCannotBeDrawnIsRefused() {
    double[] one = {1};
    assertThatThrownBy(() -> chart())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no series");
    assertThatThrownBy(() -> Series.of("a", STEPS, one))
        .hasMessage("the series \"a\" has 1 number, expected 4");
    assertThatThrownBy(() -> Series.of("a", new double[] {Double.NaN}, one))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> Series.of("a", one, new double[] {Double.POSITIVE_INFINITY}))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> new Series("a", one, one, new double[] {2}, one))
        .hasMessageContaining("interval 2.0 to 1.0");
    assertThatThrownBy(() -> chart(Series.of("a", new double[] {0}, one)).xLogarithmic())
        .hasMessageContaining("logarithmic");
    assertThatThrownBy(() -> chart(Series.of("a", one, one)).withRange(1, 1))
        .hasMessageContaining("low < high");
  }

  @Test
  void chartsWithHardlyAnyNumbersAreDrawn() throws Exception {
    double[] one = {3};
    for (double y : new double[] {0, 5, -1e-9, 1e12, Double.NaN}) {
      Drawn drawn = Drawn.of(chart(Series.of("a", one, new double[] {y})));
      assertThat(drawn.texts()).contains("3", "a").doesNotContain("NaN");
    }
  }
}
