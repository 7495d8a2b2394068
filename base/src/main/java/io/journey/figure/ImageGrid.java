package io.journey.figure;

import static java.util.Objects.requireNonNull;

import io.journey.run.Counted;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Pictures in rows, with captions under them and coloured frames around them.
 *
 * @param title what the figure shows
 * @param rows one or more; pictures of one place in their rows stand below each other
 */
public record ImageGrid(String title, List<Row> rows) implements Figure {
  /** The frame of a training image that pushed towards what was drawn. */
  public static final Color TOWARDS = new Color(0x00, 0x9E, 0x73);

  /** The frame of a training image that pushed away from what was drawn. */
  public static final Color AWAY = new Color(0xD5, 0x5E, 0x00);

  /** Pictures side by side; more than 12 go on in a further line. */
  public record Row(String label, List<Cell> cells) {
    public Row {
      label = Pen.clean(label);
      cells = List.copyOf(cells);
    }
  }

  /**
   * A picture.
   *
   * @param image of any size, or null for an empty place
   * @param caption a few words under it, "" for none
   * @param frame its colour, or null for none
   */
  public record Cell(BufferedImage image, String caption, Color frame) {
    public Cell {
      caption = Pen.clean(caption);
    }

    /**
     * Returns a picture from numbers, grey for one channel, in colours for three; of other counts
     * (latents) the first or the first three are shown.
     *
     * @param image [C·H·W]; −1 is black, 1 white, what lies beyond is clipped
     */
    public static Cell of(
        float[] image, int channels, int height, int width, String caption, Color frame) {
      if (channels < 1 || height < 1 || width < 1 || image.length != channels * height * width) {
        throw new IllegalArgumentException(
            "a picture of "
                + Counted.of(image.length, "numbers")
                + " cannot have "
                + Counted.of(channels, "channels")
                + " of "
                + height
                + "×"
                + width);
      }
      BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      int area = height * width;
      for (int i = 0; i < area; i++) {
        int rgb = 0;
        for (int band = 0; band < 3; band++) {
          rgb = rgb << 8 | level(image[(channels < 3 ? 0 : band) * area + i]);
        }
        out.setRGB(i % width, i / width, rgb);
      }
      return new Cell(out, caption, frame);
    }

    private static int level(float value) {
      return Math.round(Math.min(1, Math.max(-1, value)) * 127.5f + 127.5f);
    }
  }

  public ImageGrid {
    requireNonNull(title, "title");
    rows = List.copyOf(rows);
    Numbers.require(!rows.isEmpty(), "grid", title, "has no rows");
  }

  @Override
  public int width() {
    return new GridPlot(this).width();
  }

  @Override
  public int height() {
    return new GridPlot(this).height();
  }

  @Override
  public void draw(Graphics2D g) {
    new GridPlot(this).draw(new Pen(g));
  }
}
