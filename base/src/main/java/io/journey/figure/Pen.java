package io.journey.figure;

import io.journey.run.Printable;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;

/** Lines, shapes and texts of one figure; texts measure the same wherever they are drawn. */
final class Pen {
  static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
  static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

  private static final FontRenderContext METRICS = new FontRenderContext(null, true, true);

  /** A reader's sans-serif may be wider than this machine's. */
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
  static double width(Font font, String text) {
    return text.isEmpty() ? 0 : SLACK * font.getStringBounds(text, METRICS).getWidth();
  }

  /** The text, shortened to a width. */
  static String fit(Font font, String text, double width) {
    if (width(font, text) <= width) {
      return text;
    }
    int length = text.codePointCount(0, text.length());
    while (length > 0) {
      length--;
      String shorter = text.substring(0, text.offsetByCodePoints(0, length)).strip() + "…";
      if (width(font, shorter) <= width) {
        return shorter;
      }
    }
    return "";
  }

  /** The text in lines of a width, the last of which is shortened. */
  static List<String> wrap(Font font, String text, double width, int most) {
    List<String> lines = new ArrayList<>();
    String line = "";
    String[] words = text.strip().split("\\s+");
    for (int i = 0; i < words.length; i++) {
      String longer = line.isEmpty() ? words[i] : line + " " + words[i];
      if (line.isEmpty() || lines.size() == most - 1 || width(font, longer) <= width) {
        line = longer;
      } else {
        lines.add(fit(font, line, width));
        line = words[i];
      }
    }
    if (!line.isEmpty()) {
      lines.add(fit(font, line, width));
    }
    return lines;
  }

  /**
   * Writes a line of text.
   *
   * @param at which part of it lies at x: 0 its left end, 0.5 its middle, 1 its right end
   */
  void text(Font font, Color colour, String text, double x, double baseline, double at) {
    if (!text.isBlank()) {
      double width = font.getStringBounds(text, METRICS).getWidth();
      g.setFont(font);
      g.setColor(colour);
      g.drawString(text, (float) (x - at * width), (float) baseline);
    }
  }

  /** Writes upwards to the right: the text's right end lies at the point. */
  void slanted(Font font, Color colour, String text, double x, double y, double degrees) {
    Graphics2D turned = (Graphics2D) g.create();
    turned.translate(x, y);
    turned.rotate(Math.toRadians(-degrees));
    new Pen(turned).text(font, colour, text, 0, 0, 1);
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
