package io.journey.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The training loss of each checkpoint, from a table {@code checkpoint,step,loss}. */
final class LossCurve {
  /** A curve has no more points than a screen shows. */
  static final int POINTS = 240;

  /** More curves than this hide each other. */
  static final int MEMBERS = 12;

  private LossCurve() {}

  /**
   * Reads the curves.
   *
   * @return [{"checkpoint": "0", "points": [[step, loss], …]}, …], thinned evenly
   * @throws JourneyException if a line is not a step and a finite loss
   */
  static ArrayNode read(Path file) {
    Map<String, List<double[]>> curves = new TreeMap<>(LossCurve::byNumber);
    int[] number = {0};
    try {
      Csv.lines(
          Files.readString(file),
          file,
          cells -> {
            if (++number[0] > 1 && !(cells.size() == 1 && cells.get(0).isBlank())) {
              curves
                  .computeIfAbsent(cells.get(0), m -> new ArrayList<>())
                  .add(point(cells, file + ", line " + number[0]));
            }
          });
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    ArrayNode out = Json.object().putArray("curves");
    curves.entrySet().stream()
        .limit(MEMBERS)
        .forEach(curve -> addThinned(out.addObject(), curve.getKey(), curve.getValue()));
    return out;
  }

  private static int byNumber(String a, String b) {
    return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
  }

  private static double[] point(List<String> cells, String where) {
    try {
      double[] point = {Double.parseDouble(cells.get(1)), Double.parseDouble(cells.get(2))};
      if (cells.size() == 3 && Double.isFinite(point[0]) && Double.isFinite(point[1])) {
        return point;
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Told below, like every other line that is no point.
    }
    throw new JourneyException(
        where
            + " is \""
            + String.join(",", cells)
            + "\", expected checkpoint,step,loss: make the attribution again.");
  }

  private static void addThinned(ObjectNode out, String member, List<double[]> points) {
    out.put("checkpoint", Printable.of(member));
    ArrayNode kept = out.putArray("points");
    int count = Math.min(POINTS, points.size());
    for (int i = 0; i < count; i++) {
      int from = count == 1 ? 0 : (int) ((long) i * (points.size() - 1) / (count - 1));
      kept.addArray().add(points.get(from)[0]).add(Numbers.rounded(points.get(from)[1], 4));
    }
  }
}
