package io.journey.figure;

import io.journey.figure.BarChart.Bars;
import io.journey.figure.ImageGrid.Cell;
import io.journey.figure.ImageGrid.Row;
import io.journey.figure.LineChart.Rule;
import io.journey.figure.LineChart.Series;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A figure of every kind; as a program it writes them into a folder. */
final class SampleFigures {
  private SampleFigures() {}

  public static void main(String[] args) throws IOException {
    for (Map.Entry<String, Figure> figure : all().entrySet()) {
      Path file = Path.of(args[0]).resolve(figure.getKey());
      Files.write(Path.of(file + ".svg"), Figures.svg(figure.getValue()));
      Files.write(Path.of(file + ".png"), Figures.png(figure.getValue()));
    }
  }

  static Map<String, Figure> all() {
    Map<String, Figure> all = new LinkedHashMap<>();
    all.put("lines", lines());
    all.put("ratios", lines().xLogarithmic());
    all.put("bars", bars(List.of("a", "b", "c")));
    all.put(
        "slanted",
        bars(
            List.of(
                "a-name-of-one-word-that-is-too-long-to-stand-below-a-bar",
                "Ärmel, 衣服 und Ωμέγα",
                "x")));
    all.put("pictures", pictures());
    return all;
  }

  private static LineChart lines() {
    List<Series> series = new ArrayList<>();
    double[] x = {1, 10, 100, 1000};
    for (int i = 0; i < 9; i++) {
      double[] y = {0.1 * i, 0.3 - 0.05 * i, 0.07 * i * i % 0.9, 1.0 / (i + 1)};
      double[] low = {y[0] - 0.1, y[1] - 0.1, y[2] - 0.05, y[3] - 0.01};
      double[] high = {y[0] + 0.1, y[1] + 0.1, y[2] + 0.05, y[3] + 0.2};
      Series line = new Series("estimator " + i, x, y, i < 2 ? low : null, i < 2 ? high : null);
      series.add(i == 4 ? line.withDashed(true) : line);
    }
    return new LineChart(
        "Title of a chart, α → β", "step t", "LDS", series, List.of(new Rule("chance", 0.05)));
  }

  private static BarChart bars(List<String> groups) {
    List<Bars> bars = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      double[] values = {0.3 + 0.1 * i, -0.2, 0.05 * i};
      double[] low = {0.2 + 0.1 * i, -0.3, Double.NaN};
      double[] high = {0.5 + 0.1 * i, -0.15, Double.NaN};
      bars.add(new Bars("series " + i, values, low, high));
    }
    return new BarChart("Bars", "value", groups, bars).withRule("chance", 0.1);
  }

  private static ImageGrid pictures() {
    List<Row> rows = new ArrayList<>();
    for (int side : new int[] {8, 32, 700}) {
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            image.setRGB(
                x, y, new Color(255 * x / side, 255 * y / side, 40 * i * x % 256).getRGB());
          }
        }
        cells.add(new Cell(image, "t = " + side, i == 1 ? ImageGrid.AWAY : null));
      }
      rows.add(new Row("row of " + side, cells));
    }
    return new ImageGrid("Pictures", rows);
  }
}
