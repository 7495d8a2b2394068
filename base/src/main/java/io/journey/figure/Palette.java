package io.journey.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * Colours, dashes and markers that stay apart for colour-blind readers and in grey print: the
 * colours of Okabe and Ito (Color Universal Design, 2008) without yellow, which is too faint for a
 * line on white.
 */
final class Palette {
  static final Color INK = new Color(0x22, 0x26, 0x2B);
  static final Color FAINT = new Color(0x5F, 0x66, 0x6E);
  static final Color GRID = new Color(0xE2, 0xE4, 0xE6);
  static final Color AXIS = new Color(0x9A, 0xA0, 0xA6);

  private static final List<Color> COLOURS =
      List.of(
          new Color(0x00, 0x72, 0xB2),
          new Color(0xD5, 0x5E, 0x00),
          new Color(0x00, 0x9E, 0x73),
          new Color(0xCC, 0x79, 0xA7),
          new Color(0xE6, 0x9F, 0x00),
          new Color(0x56, 0xB4, 0xE9),
          new Color(0x00, 0x00, 0x00));
  private static final int MARKERS = 8;

  private Palette() {}

  static Color colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  static Color translucent(Color colour, int alpha) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
  }

  static BasicStroke line(int series, boolean dashed) {
    if (dashed) {
      return stroke(1.8f, 6, 4);
    }
    return series < COLOURS.size() ? stroke(1.8f) : stroke(1.8f, 9, 3, 2, 3);
  }

  static BasicStroke stroke(float width, float... dash) {
    return dash.length == 0
        ? new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL)
        : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 10, dash, 0);
  }

  /** Returns whether a marker is filled: those of the first round are, the others are hollow. */
  static boolean filled(int series) {
    return series < COLOURS.size();
  }

  static Shape marker(int series, double x, double y) {
    return switch (series % MARKERS) {
      case 0 -> new Ellipse2D.Double(x - 3.5, y - 3.5, 7, 7);
      case 1 -> new Rectangle2D.Double(x - 3.2, y - 3.2, 6.4, 6.4);
      case 2 -> polygon(x, y, 0, -4.6, 4.4, 3.2, -4.4, 3.2);
      case 3 -> polygon(x, y, 0, -4.8, 4.8, 0, 0, 4.8, -4.8, 0);
      case 4 -> polygon(x, y, 0, 4.6, 4.4, -3.2, -4.4, -3.2);
      case 5 -> polygon(x, y, star());
      case 6 ->
          polygon(
              x, y, -1.4, -4.5, 1.4, -4.5, 1.4, -1.4, 4.5, -1.4, 4.5, 1.4, 1.4, 1.4, 1.4, 4.5, -1.4,
              4.5, -1.4, 1.4, -4.5, 1.4, -4.5, -1.4, -1.4, -1.4);
      default -> polygon(x, y, -2, -4.4, 2, -4.4, 4.6, 0, 2, 4.4, -2, 4.4, -4.6, 0);
    };
  }

  private static double[] star() {
    double[] points = new double[20];
    for (int i = 0; i < 10; i++) {
      double radius = i % 2 == 0 ? 5.2 : 2.2;
      points[2 * i] = radius * StrictMath.sin(Math.PI * i / 5);
      points[2 * i + 1] = -radius * StrictMath.cos(Math.PI * i / 5);
    }
    return points;
  }

  private static Shape polygon(double x, double y, double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(x + points[0], y + points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(x + points[i], y + points[i + 1]);
    }
    path.closePath();
    return path;
  }
}
