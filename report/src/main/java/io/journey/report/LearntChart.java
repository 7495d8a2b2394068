package io.journey.report;

import io.journey.figure.Figures;
import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.results.Attribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** When in training the images did what they did to the targets; a part of the page. */
final class LearntChart {
  /** Images that have a line. */
  private static final int SHOWN = 5;

  private LearntChart() {}

  /** Returns the section, or "" where training was not followed. */
  static String html(Attribution attribution) {
    return attribution.learnt().map(learnt -> html(attribution, learnt)).orElse("");
  }

  private static String html(Attribution attribution, float[][] learnt) {
    LineChart chart = chart(attribution, learnt);
    String alt = "Share of what images did to the pictures, by part of training";
    return "<section aria-labelledby=\"learnt-title\">\n"
        + "<h2 id=\"learnt-title\">When it was learnt</h2>\n"
        + "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Figure\">"
        + "<img class=\"chart\" alt=\""
        + alt
        + "\" src=\"data:image/svg+xml;base64,"
        + Base64.getEncoder().encodeToString(Figures.svg(chart))
        + "\"></div>\n<p class=\"caption\">Of all that an image’s meetings in training did to these pictures,"
        + " without sign and over all steps shown or not: the share of each part of training. Lines are of"
        + " the images that did most.</p>\n</section>\n";
  }

  /**
   * Returns the chart.
   *
   * @param learnt [N][parts]
   */
  static LineChart chart(Attribution attribution, float[][] learnt) {
    int parts = learnt[0].length;
    double[] x = new double[parts];
    double[] all = new double[parts];
    for (int part = 0; part < parts; part++) {
      x[part] = 100.0 * (part + 0.5) / parts;
      for (float[] image : learnt) {
        all[part] += image[part];
      }
    }
    List<Series> lines = new ArrayList<>();
    IntStream.range(0, learnt.length)
        .boxed()
        .filter(i -> total(doubles(learnt[i])) > 0)
        .sorted(Comparator.comparingDouble(i -> -total(doubles(learnt[i]))))
        .limit(SHOWN)
        .forEach(
            i ->
                lines.add(
                    Series.of(attribution.examples().get(i).id(), x, shares(doubles(learnt[i])))));
    lines.add(Series.of("all images", x, shares(all)).withDashed(true));
    return new LineChart(
        "When images did what they did to these pictures",
        "training, % of its steps",
        "share of the image’s work, %",
        lines,
        List.of());
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(k -> values[k]).toArray();
  }

  private static double total(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static double[] shares(double[] values) {
    double total = total(values);
    return Arrays.stream(values).map(v -> total > 0 ? 100 * v / total : 0).toArray();
  }
}
