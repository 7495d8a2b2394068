package io.journey.dataset;

import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import io.journey.run.Printable;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * A picture of a data set: some images of every class side by side, evenly spread over the set's
 * order, so that the same set gives the same picture. Where captions are asked for, the first of
 * each stands under its image.
 */
public final class ContactSheet {
  private static final int COLUMNS = 12;
  private static final int ROWS_WITHOUT_CLASSES = 8;
  private static final int MOST_CLASSES = 40;
  private static final int TILE = 64;
  private static final int GAP = 4;
  private static final int MARGIN = 24;
  private static final int TITLE = 52;
  private static final int CAPTIONED_TILE = 160;
  private static final int CAPTIONED_COLUMNS = 6;
  private static final int CAPTION_LINES = 2;
  private static final int CAPTION_LINE = 14;
  private static final int LABEL_WIDTH = 168;
  private static final Color INK = new Color(0x22, 0x26, 0x2B);
  private static final Color FAINT = new Color(0x76, 0x7D, 0x86);

  private final Dataset images;
  private final int tile;
  private final int columns;
  private final int step; // from row to row
  private final List<Row> rows = new ArrayList<>();

  /** Images side by side; {@code name} is "" without classes. */
  private record Row(String name, int count, int[] indices) {}

  private ContactSheet(Dataset images) {
    this.images = images;
    boolean captioned = images.isCaptioned();
    int side = Math.max(images.shape().height(), images.shape().width());
    this.tile = tile(side, captioned ? CAPTIONED_TILE : TILE);
    this.columns = captioned ? CAPTIONED_COLUMNS : COLUMNS;
    this.step = tile + GAP + (captioned ? CAPTION_LINES * CAPTION_LINE + GAP : 0);
    if (images.classNames().isEmpty()) {
      addRowsWithoutClasses();
    } else {
      addRowsByClass();
    }
  }

  /** Whole multiples of small images, so that their pixels stay squares. */
  private static int tile(int side, int least) {
    return side >= least
        ? least == TILE ? 2 * TILE : least
        : Math.max(1, (least + side - 1) / side) * side;
  }

  /**
   * Writes the sheet as PNG.
   *
   * @param file to write; replaced if it is there
   */
  public static void write(Dataset images, Path file) {
    BufferedImage sheet = new ContactSheet(images).draw();
    AtomicFile.write(
        file,
        out -> {
          if (!ImageIO.write(sheet, "png", out)) {
            throw new IOException("there is no writer of PNG");
          }
        });
  }

  private void addRowsByClass() {
    List<String> names = images.classNames();
    int[][] members = new int[names.size()][];
    int[] counts = new int[names.size()];
    for (int i = 0; i < images.size(); i++) {
      images.condition(i).classNumber().ifPresent(label -> counts[label]++);
    }
    for (int c = 0; c < members.length; c++) {
      members[c] = new int[counts[c]];
    }
    int[] next = new int[names.size()];
    for (int i = 0; i < images.size(); i++) {
      int index = i;
      images.condition(i).classNumber().ifPresent(label -> members[label][next[label]++] = index);
    }
    for (int c = 0; c < names.size() && rows.size() < MOST_CLASSES; c++) {
      if (counts[c] > 0) {
        rows.add(new Row(names.get(c), counts[c], spread(members[c], columns)));
      }
    }
  }

  private void addRowsWithoutClasses() {
    int[] all = IntStream.range(0, images.size()).toArray();
    int[] chosen = spread(all, columns * ROWS_WITHOUT_CLASSES);
    for (int from = 0; from < chosen.length; from += columns) {
      int to = Math.min(chosen.length, from + columns);
      rows.add(new Row("", to - from, Arrays.copyOfRange(chosen, from, to)));
    }
  }

  private static int[] spread(int[] members, int most) {
    int n = Math.min(most, members.length);
    return IntStream.range(0, n).map(k -> members[(int) ((long) k * members.length / n)]).toArray();
  }

  private BufferedImage draw() {
    int left = MARGIN + (images.classNames().isEmpty() ? 0 : LABEL_WIDTH);
    int widest = rows.stream().mapToInt(r -> r.indices().length).max().orElse(1);
    int width = Math.max(left + widest * (tile + GAP) - GAP + MARGIN, 640);
    int height = MARGIN + TITLE + rows.size() * step - GAP + MARGIN;
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = sheet.createGraphics();
    try {
      pen.setColor(Color.WHITE);
      pen.fillRect(0, 0, width, height);
      pen.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      drawTitle(pen, width - 2 * MARGIN);
      for (int r = 0; r < rows.size(); r++) {
        drawRow(pen, rows.get(r), left, MARGIN + TITLE + r * step);
      }
    } finally {
      pen.dispose();
    }
    return sheet;
  }

  private void drawTitle(Graphics2D pen, int width) {
    text(pen, Font.BOLD, 17, INK, images.spec(), MARGIN, MARGIN + 14, width);
    ImageShape shape = images.shape();
    String facts =
        String.format(
            Locale.ROOT,
            "%s of %d × %d pixels, %s%s",
            Counted.grouped(images.size(), "images"),
            shape.height(),
            shape.width(),
            shape.channels() == 1 ? "grey" : "colour",
            images.classNames().isEmpty() ? "" : ", " + classes());
    text(pen, Font.PLAIN, 13, FAINT, facts, MARGIN, MARGIN + 34, width);
  }

  private String classes() {
    long used =
        IntStream.range(0, images.size())
            .mapToObj(images::condition)
            .filter(condition -> !condition.isNone())
            .distinct()
            .count();
    return Counted.of(used, "classes") + (used > rows.size() ? ", " + rows.size() + " shown" : "");
  }

  private void drawRow(Graphics2D pen, Row row, int left, int top) {
    if (!row.name().isEmpty()) {
      int middle = top + tile / 2;
      text(pen, Font.BOLD, 14, INK, row.name(), MARGIN, middle - 2, LABEL_WIDTH - 12);
      String count = String.format(Locale.ROOT, "%,d", row.count());
      text(pen, Font.PLAIN, 12, FAINT, count, MARGIN, middle + 15, LABEL_WIDTH - 12);
    }
    for (int k = 0; k < row.indices().length; k++) {
      int x = left + k * (tile + GAP);
      drawImage(pen, row.indices()[k], x, top);
      drawCaption(pen, images.captions(row.indices()[k]), x, top + tile);
    }
  }

  /** The first caption, as many words a line as go into it; what is left over ends in "…". */
  private void drawCaption(Graphics2D pen, List<String> captions, int x, int top) {
    if (captions.isEmpty()) {
      return;
    }
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    FontMetrics metrics = pen.getFontMetrics();
    String rest = Printable.of(shortened(captions.get(0)));
    for (int line = 1; line <= CAPTION_LINES && !rest.isEmpty(); line++) {
      int end = rest.length();
      while (line < CAPTION_LINES
          && end > 0
          && metrics.stringWidth(rest.substring(0, end)) > tile) {
        end = rest.lastIndexOf(' ', end - 1);
      }
      String shown = end <= 0 ? rest : rest.substring(0, end);
      text(pen, Font.PLAIN, 11, FAINT, shown, x, top + line * CAPTION_LINE, tile);
      rest = end <= 0 ? "" : rest.substring(end).strip();
    }
  }

  /** No more than could ever be shown is measured. */
  private static String shortened(String caption) {
    return caption.length() <= 200 ? caption : caption.substring(0, 200);
  }

  private static void text(
      Graphics2D pen, int style, int size, Color color, String text, int x, int y, int width) {
    pen.setFont(new Font(Font.SANS_SERIF, style, size));
    pen.setColor(color);
    FontMetrics metrics = pen.getFontMetrics();
    String shown = text;
    while (shown.length() > 1 && metrics.stringWidth(shown) > width) {
      shown = shown.substring(0, shown.length() - 2) + "…";
    }
    pen.drawString(shown, x, y);
  }

  private void drawImage(Graphics2D pen, int index, int x, int y) {
    BufferedImage image = picture(index);
    int larger = Math.max(image.getWidth(), image.getHeight());
    int width = Math.max(1, tile * image.getWidth() / larger);
    int height = Math.max(1, tile * image.getHeight() / larger);
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        larger > tile
            ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
            : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    pen.drawImage(image, x + (tile - width) / 2, y + (tile - height) / 2, width, height, null);
  }

  private BufferedImage picture(int index) {
    ImageShape shape = images.shape();
    float[] numbers = new float[shape.numel()];
    images.read(index, numbers, 0);
    int plane = shape.height() * shape.width();
    BufferedImage image =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float value = numbers[shape.channels() == 1 ? i : c * plane + i];
        rgb = rgb << 8 | Math.max(0, Math.min(255, Math.round((value + 1) * 127.5f)));
      }
      image.setRGB(i % shape.width(), i / shape.width(), rgb);
    }
    return image;
  }
}
