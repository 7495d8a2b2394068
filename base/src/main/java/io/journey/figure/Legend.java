package io.journey.figure;

import java.util.List;

/** Names beside samples of what they name, in as many columns as fit. */
final class Legend {
  private static final int ROW = 20;

  /** The width of a sample. */
  static final int SAMPLE = 30;

  private static final int GAP = 22;

  private final List<Entry> entries;
  private final double column;
  private final int columns;

  /** A name, and what draws its sample between x and x + 30, centred at y. */
  record Entry(String name, Sample sample) {}

  /** Draws a sample. */
  interface Sample {
    void draw(Pen pen, double x, double y);
  }

  Legend(List<Entry> entries, double width) {
    this.entries = entries;
    double longest =
        entries.stream().mapToDouble(e -> Pen.width(Pen.SMALL, e.name())).max().orElse(0);
    double wanted = SAMPLE + 6 + longest;
    int most = (int) Math.max(1, Math.floor((width + GAP) / (wanted + GAP)));
    int rows = (entries.size() + most - 1) / most;
    this.columns = rows == 0 ? 1 : (entries.size() + rows - 1) / rows;
    this.column = Math.min(wanted, width);
  }

  int height() {
    return ROW * rows();
  }

  private int rows() {
    return (entries.size() + columns - 1) / columns;
  }

  /** Draws with the upper left corner at the point, down the columns. */
  void draw(Pen pen, double x, double y) {
    for (int i = 0; i < entries.size(); i++) {
      double left = x + i / rows() * (column + GAP);
      double middle = y + i % rows() * ROW + ROW / 2.0;
      entries.get(i).sample().draw(pen, left, middle);
      String name = Pen.fit(Pen.SMALL, entries.get(i).name(), column - SAMPLE - 5);
      pen.text(Pen.SMALL, Palette.INK, name, left + SAMPLE + 6, middle + 4.5, 0);
    }
  }
}
