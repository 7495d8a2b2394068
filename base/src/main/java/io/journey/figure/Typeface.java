package io.journey.figure;

import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * The letters of pictures: outlines and widths of DejaVu Sans, which comes with Journey, so that no
 * font of the machine decides a byte and none is needed. It has the letters of Europe and signs of
 * mathematics; any other character is a box in place of a letter.
 */
public enum Typeface {
  /** As text is. */
  REGULAR("DejaVuSans.ttf", Font.PLAIN),
  /** As titles are. */
  BOLD("DejaVuSans-Bold.ttf", Font.BOLD);

  private static final int BOX = 0;

  private final TrueTypeFont font;
  private final CmapLookup glyphs;
  private final int unitsPerEm;
  private final int style;

  Typeface(String file, int style) {
    try (InputStream in = Typeface.class.getResourceAsStream(file)) {
      this.font = new TTFParser().parse(new RandomAccessReadBuffer(in));
      this.glyphs = font.getUnicodeCmapLookup();
      this.unitsPerEm = font.getUnitsPerEm();
      this.style = style;
    } catch (IOException e) {
      throw new IllegalStateException(file + " comes with Journey", e);
    }
  }

  /** The name of its kind for a reader who has fonts of their own. */
  Font named(int size) {
    return new Font(Font.SANS_SERIF, style, size);
  }

  /** Whether it has a letter for a character. */
  boolean has(int codePoint) {
    return glyphs.getGlyphId(codePoint) != BOX;
  }

  /** How wide a text is. */
  public double width(double size, String text) {
    return composed(text).codePoints().mapToLong(this::advance).sum() * size / unitsPerEm;
  }

  /** Accents are parts of letters: names of files on a Mac have them apart. */
  private static String composed(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** In units of the font; a character without a letter is as wide as any. */
  private int advance(int codePoint) {
    if (has(codePoint)) {
      try {
        return font.getAdvanceWidth(glyphs.getGlyphId(codePoint));
      } catch (IOException e) {
        throw new IllegalStateException("the font is in memory", e);
      }
    }
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> unitsPerEm;
    };
  }

  /** The letters of a text that begins at a point. */
  public Shape outline(double size, String text, double x, double baseline) {
    Path2D outline = new Path2D.Double(Path2D.WIND_NON_ZERO);
    long at = 0;
    for (int codePoint : composed(text).codePoints().toArray()) {
      int advance = advance(codePoint);
      double scale = size / unitsPerEm;
      if (advance > 0 || has(codePoint)) {
        outline.append(
            path(codePoint)
                .getPathIterator(
                    new AffineTransform(scale, 0, 0, -scale, x + at * scale, baseline)),
            false);
      }
      at += advance;
    }
    return outline;
  }

  private Path2D path(int codePoint) {
    try {
      return font.getGlyph().getGlyph(glyphs.getGlyphId(codePoint)).getPath();
    } catch (IOException e) {
      throw new IllegalStateException("the font is in memory", e);
    }
  }
}
