package io.journey.cli;

import io.journey.run.Printable;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * A writer to a terminal: lines and tabs as they are, all other hidden characters written out, so
 * that no name of a file or class commands the terminal.
 */
final class PrintableWriter extends FilterWriter {
  private char high; // The first half of a character whose second has not come yet, or 0.

  PrintableWriter(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    write(new char[] {(char) c}, 0, 1);
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    write(text.toCharArray(), offset, length);
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    StringBuilder shown = new StringBuilder(length + 16);
    for (int i = offset; i < offset + length; i++) {
      char c = text[i];
      if (high != 0 && Character.isLowSurrogate(c)) {
        append(shown, Character.toCodePoint(high, c));
        high = 0;
        continue;
      }
      flushHalf(shown);
      boolean ofLineEnd = c == '\r' && i + 1 < offset + length && text[i + 1] == '\n';
      if (c == '\n' || c == '\t' || ofLineEnd) {
        shown.append(c);
      } else if (Character.isHighSurrogate(c)) {
        high = c;
      } else {
        append(shown, c);
      }
    }
    out.write(shown.toString());
  }

  private void flushHalf(StringBuilder shown) {
    if (high != 0) {
      append(shown, high);
      high = 0;
    }
  }

  private static void append(StringBuilder shown, int codePoint) {
    if (Printable.isHidden(codePoint)) {
      shown.append(Printable.escaped(codePoint));
    } else {
      shown.appendCodePoint(codePoint);
    }
  }
}
