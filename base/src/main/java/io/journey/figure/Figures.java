package io.journey.figure;

import io.journey.run.JourneyException;
import io.journey.run.RunDirectory;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Figures as files. The same figure gives the same bytes on one machine; its fonts decide them. */
public final class Figures {
  /** Pixels of a PNG for each pixel of the figure. */
  static final int SCALE = 2;

  private Figures() {}

  /**
   * A figure as SVG, its texts as text.
   *
   * @throws JourneyException if this Java finds no font to measure text with
   */
  public static byte[] svg(Figure figure) {
    requireFonts();
    return Svg.of(figure);
  }

  /**
   * A figure as PNG, two pixels for each of its own.
   *
   * @throws JourneyException if this Java finds no font
   */
  public static byte[] png(Figure figure) {
    requireFonts();
    return encode(raster(figure));
  }

  /**
   * Writes a figure twice, as {@code NAME.svg} and {@code NAME.png}.
   *
   * @param name without an ending
   */
  public static void write(RunDirectory run, String name, Figure figure) {
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
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.scale(SCALE, SCALE);
      figure.draw(g);
    } finally {
      g.dispose();
    }
    return image;
  }

  static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("every Java platform writes PNG");
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** Java without any font fails in ways of its own, which differ from version to version. */
  private static void requireFonts() {
    try {
      Pen.width(Pen.TEXT, "x");
    } catch (RuntimeException | InternalError | LinkageError e) {
      throw new JourneyException(
          "Java finds no fonts to draw figures with: install fontconfig and a font, such as the"
              + " packages fontconfig and fonts-dejavu-core, and start again.",
          e);
    }
  }
}
