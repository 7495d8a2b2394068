package io.journey.figure;

import io.journey.run.Printable;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;
import org.apache.batik.svggen.SVGGraphics2D;

/** Lines, shapes and texts of one figure; texts measure the same wherever they are drawn. */
final class Pen {
  static final Style TITLE = new Style(Typeface.BOLD, 15);
  static final Style SMALL = new Style(Typeface.REGULAR, 12);

  /** How a text is written. */
  record Style(Typeface face, int size) {
    double width(String text) {
      return face.width(size, text);
    }
  }

  /** A reader's sans-serif may be wider than Journey's. */
  private static final double SLACK = 1.06;

  private static final int LONGEST = 500;

  private final Graphics2D g;

  Pen(Graphics2D g) {
    this.g = g;
  }

  /** A text as one line that any document may hold. */
  static String clean(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
        .map(c -> Character.isDefined(c) && !Printable.isHidden(c) ? c : '�')
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /** How wide a text is at most. */
  static double width(Style style, String text) {
    return text.isEmpty() ? 0 : SLACK * style.width(text);
  }

  /** The text, shortened to a width. */
  static String fit(Style style, String text, double width) {
    if (width(style, text) <= width) {
      return text;
    }
    int length = text.codePointCount(0, text.length());
    while (length > 0) {
      length--;
      String shorter = text.substring(0, text.offsetByCodePoints(0, length)).strip() + "…";
      if (width(style, shorter) <= width) {
        return shorter;
      }
    }
    return "";
  }

  /** The text in lines of a width, the last of which is shortened. */
  static List<String> wrap(Style style, String text, double width, int most) {
    List<String> lines = new ArrayList<>();
    String line = "";
    String[] words = text.strip().split("\\s+");
    for (int i = 0; i < words.length; i++) {
      String longer = line.isEmpty() ? words[i] : line + " " + words[i];
      if (line.isEmpty() || lines.size() == most - 1 || width(style, longer) <= width) {
        line = longer;
      } else {
        lines.add(fit(style, line, width));
        line = words[i];
      }
    }
    if (!line.isEmpty()) {
      lines.add(fit(style, line, width));
    }
    return lines;
  }

  /**
   * Writes a line of text: letters for a screen, a text for a reader of SVG.
   *
   * @param at which part of it lies at x: 0 its left end, 0.5 its middle, 1 its right end
   */
  void text(Style style, Color colour, String text, double x, double baseline, double at) {
    if (!text.isBlank()) {
      double left = x - at * style.width(text);
      g.setColor(colour);
      if (g instanceof SVGGraphics2D) {
        g.setFont(style.face().named(style.size()));
        g.drawString(text, (float) left, (float) baseline);
      } else {
        g.fill(style.face().outline(style.size(), text, left, baseline));
      }
    }
  }

  /** Writes upwards to the right: the text's right end lies at the point. */
  void slanted(Style style, Color colour, String text, double x, double y, double degrees) {
    Graphics2D turned = (Graphics2D) g.create();
    turned.translate(x, y);
    turned.rotate(Math.toRadians(-degrees));
    new Pen(turned).text(style, colour, text, 0, 0, 1);
    turned.dispose();
  }

  void line(Color colour, BasicStroke stroke, double x1, double y1, double x2, double y2) {
    draw(colour, stroke, new Line2D.Double(x1, y1, x2, y2));
  }

  void draw(Color colour, BasicStroke stroke, Shape shape) {
    g.setColor(colour);
    g.setStroke(stroke);
    g.draw(shape);
  }

  void fill(Color colour, Shape shape) {
    g.setColor(colour);
    g.fill(shape);
  }

  /** The marker of a series. */
  void marker(int series, double x, double y) {
    Shape shape = Palette.marker(series, x, y);
    Color colour = Palette.colour(series);
    fill(Palette.filled(series) ? colour : Color.WHITE, shape);
    draw(
        Palette.filled(series) ? Color.WHITE : colour,
        Palette.stroke(Palette.filled(series) ? 0.8f : 1.4f),
        shape);
  }

  /** A vertical interval with short bars at its ends. */
  void interval(Color colour, double x, double from, double to) {
    BasicStroke stroke = Palette.stroke(1.2f);
    line(colour, stroke, x, from, x, to);
    line(colour, stroke, x - 3, from, x + 3, from);
    line(colour, stroke, x - 3, to, x + 3, to);
  }

  void clip(Shape shape) {
    g.setClip(shape);
  }

  Graphics2D graphics() {
    return g;
  }
}
