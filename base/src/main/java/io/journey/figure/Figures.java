package io.journey.figure;

import io.journey.run.StageFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/**
 * Figures as files. The same figure gives the same bytes on every machine: letters, the drawing of
 * curves and the compression are none of its own.
 */
public final class Figures {
  /** Pixels of a PNG for each pixel of the figure. */
  static final int SCALE = 2;

  private Figures() {}

  /** A figure as SVG, its texts as text. */
  public static byte[] svg(Figure figure) {
    return Svg.of(figure);
  }

  /** A figure as PNG, two pixels for each of its own. */
  public static byte[] png(Figure figure) {
    return Png.of(raster(figure));
  }

  /**
   * Writes a figure twice, as {@code NAME.svg} and {@code NAME.png}.
   *
   * @param name without an ending
   */
  public static void write(StageFiles run, String name, Figure figure) {
    byte[] svg = svg(figure);
    byte[] png = png(figure);
    run.write(name + ".svg", out -> out.write(svg));
    run.write(name + ".png", out -> out.write(png));
  }

  static BufferedImage raster(Figure figure) {
    BufferedImage image =
        new BufferedImage(
            SCALE * figure.width(), SCALE * figure.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, image.getWidth(), image.getHeight());
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.scale(SCALE, SCALE);
      figure.draw(g);
    } finally {
      g.dispose();
    }
    return image;
  }
}
