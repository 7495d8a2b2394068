package io.journey.figure;

import io.journey.figure.ImageGrid.Cell;
import io.journey.figure.ImageGrid.Row;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Lays pictures out and draws them. */
final class GridPlot {
  private static final int MARGIN = ChartFrame.MARGIN;
  private static final int GAP = 12;
  private static final int TITLE_ROW = 20;
  private static final int TEXT_ROW = 15;
  private static final int CAPTION_ROWS = 3;
  private static final int LABEL_ROWS = 4;
  private static final int COLUMNS = 12;
  private static final int NARROWEST = 480;
  private static final int NARROWEST_TILE = 56;
  private static final double LABEL = 130;

  /** Small pictures are enlarged by a whole number to no more than this. */
  private static final int ENLARGED = 72;

  /** Large ones are made this large. */
  private static final int REDUCED = 96;

  private final List<String> title;
  private final List<Line> lines = new ArrayList<>();
  private final int tileWidth;
  private final int tileHeight;
  private final double label;
  private final int width;
  private final int height;

  /** Pictures side by side, with their top and what is written beside and below them. */
  private record Line(
      List<String> label, List<Cell> cells, List<List<String>> captions, int top, int height) {}

  GridPlot(ImageGrid grid) {
    int wide = 0;
    int high = 0;
    int columns = 1;
    double longest = 0;
    double longestWord = 0;
    for (Row row : grid.rows()) {
      columns = Math.max(columns, Math.min(COLUMNS, row.cells().size()));
      longest = Math.max(longest, Pen.width(Pen.SMALL, row.label()));
      for (Cell cell : row.cells()) {
        wide = Math.max(wide, shownWidth(cell.image()));
        high = Math.max(high, shownHeight(cell.image()));
        for (String word : cell.caption().split("\\s+")) {
          longestWord = Math.max(longestWord, Pen.width(Pen.SMALL, word));
        }
      }
    }
    int forCaptions = (int) Math.ceil(Math.min(REDUCED, longestWord - GAP + 2));
    tileWidth = Math.max(Math.max(wide, NARROWEST_TILE), forCaptions);
    tileHeight = Math.max(high, 1);
    label = longest == 0 ? 0 : Math.min(LABEL, longest) + GAP;
    width = Math.max(NARROWEST, (int) (2 * MARGIN + label + columns * (tileWidth + GAP) - GAP));
    title = Pen.wrap(Pen.TITLE, Pen.clean(grid.title()), width - 2 * MARGIN, 3);
    int top = MARGIN + TITLE_ROW * title.size() + (title.isEmpty() ? 0 : 10);
    for (Row row : grid.rows()) {
      for (int from = 0; from == 0 || from < row.cells().size(); from += COLUMNS) {
        List<Cell> cells = row.cells().subList(from, Math.min(from + COLUMNS, row.cells().size()));
        lines.add(line(from == 0 ? row.label() : "", cells, top));
        top += lines.get(lines.size() - 1).height() + GAP;
      }
    }
    height = top - GAP + MARGIN;
  }

  private Line line(String label, List<Cell> cells, int top) {
    List<List<String>> captions = new ArrayList<>();
    int rows = 0;
    for (Cell cell : cells) {
      List<String> caption = Pen.wrap(Pen.SMALL, cell.caption(), tileWidth + GAP - 2, CAPTION_ROWS);
      captions.add(caption);
      rows = Math.max(rows, caption.size());
    }
    List<String> words = Pen.wrap(Pen.SMALL, label, LABEL, LABEL_ROWS);
    int height = tileHeight + (rows == 0 ? 0 : 5 + TEXT_ROW * rows);
    return new Line(words, cells, captions, top, Math.max(height, TEXT_ROW * words.size()));
  }

  private static int side(BufferedImage image) {
    return Math.max(image.getWidth(), image.getHeight());
  }

  /** Returns whether pixels are shown as squares of several. */
  static boolean isEnlarged(BufferedImage image) {
    return side(image) <= ENLARGED;
  }

  private static double scale(BufferedImage image) {
    return isEnlarged(image) ? ENLARGED / side(image) : (double) REDUCED / side(image);
  }

  private static int shownWidth(BufferedImage image) {
    return image == null ? 0 : (int) Math.ceil(scale(image) * image.getWidth());
  }

  private static int shownHeight(BufferedImage image) {
    return image == null ? 0 : (int) Math.ceil(scale(image) * image.getHeight());
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  void draw(Pen pen) {
    double baseline = MARGIN + 13;
    for (String line : title) {
      pen.text(Pen.TITLE, Palette.INK, line, MARGIN, baseline, 0);
      baseline += TITLE_ROW;
    }
    for (Line line : lines) {
      baseline = line.top() + Math.max(0, (tileHeight - TEXT_ROW * line.label().size()) / 2.0) + 12;
      for (String words : line.label()) {
        pen.text(Pen.SMALL, Palette.INK, words, MARGIN, baseline, 0);
        baseline += TEXT_ROW;
      }
      for (int i = 0; i < line.cells().size(); i++) {
        double x = MARGIN + label + i * (tileWidth + GAP);
        drawCell(pen, line.cells().get(i), x, line.top());
        baseline = line.top() + tileHeight + 17;
        for (String words : line.captions().get(i)) {
          pen.text(Pen.SMALL, Palette.FAINT, words, x + tileWidth / 2.0, baseline, 0.5);
          baseline += TEXT_ROW;
        }
      }
    }
  }

  private void drawCell(Pen pen, Cell cell, double left, double top) {
    if (cell.image() == null) {
      Rectangle2D place =
          new Rectangle2D.Double(left + 0.5, top + 0.5, tileWidth - 1, tileHeight - 1);
      pen.draw(Palette.GRID, Palette.stroke(1, 3, 3), place);
      return;
    }
    double scale = scale(cell.image());
    double width = scale * cell.image().getWidth();
    double height = scale * cell.image().getHeight();
    double x = left + (tileWidth - width) / 2;
    double y = top + (tileHeight - height) / 2;
    drawImage(pen.graphics(), cell.image(), x, y, scale);
    if (cell.frame() != null) {
      pen.draw(
          cell.frame(),
          Palette.stroke(3),
          new Rectangle2D.Double(x - 1.5, y - 1.5, width + 3, height + 3));
    }
  }

  private static void drawImage(
      Graphics2D g, BufferedImage image, double x, double y, double scale) {
    int factor = Math.max(1, side(image) / (Figures.SCALE * REDUCED));
    BufferedImage pixels = averaged(image, factor);
    boolean enlarged = isEnlarged(pixels);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        enlarged
            ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
            : RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.scale(
        scale * image.getWidth() / pixels.getWidth(),
        scale * image.getHeight() / pixels.getHeight());
    g.drawImage(pixels, place, null);
  }

  /** Means of squares of pixels; opaque. */
  private static BufferedImage averaged(BufferedImage image, int factor) {
    int width = Math.max(1, image.getWidth() / factor);
    int height = Math.max(1, image.getHeight() / factor);
    BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        out.setRGB(x, y, mean(image, x * factor, y * factor, factor));
      }
    }
    return out;
  }

  private static int mean(BufferedImage image, int left, int top, int factor) {
    int right = Math.min(left + factor, image.getWidth());
    int bottom = Math.min(top + factor, image.getHeight());
    int[] sums = new int[3];
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int rgb = image.getRGB(x, y);
        for (int band = 0; band < 3; band++) {
          sums[band] += rgb >> 16 - 8 * band & 0xFF;
        }
      }
    }
    int count = (right - left) * (bottom - top);
    int mean = 0;
    for (int sum : sums) {
      mean = mean << 8 | (sum + count / 2) / count;
    }
    return mean;
  }
}
