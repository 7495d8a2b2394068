package io.journey.run;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Text of unknown origin, such as names of files and classes, as a terminal or a page may show it.
 * Characters that nobody sees but that change what is seen are written as {@code \}{@code u202e}:
 * escape sequences of terminals, marks that turn the direction of text, invisible ones.
 */
public final class Printable {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Printable() {}

  /** Returns the text with every hidden character written out. */
  public static String of(String text) {
    return escaped(text, Printable::isHidden);
  }

  /** Returns the text with the characters of a kind written out. */
  static String escaped(String text, IntPredicate kind) {
    if (text.codePoints().noneMatch(kind)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (kind.test(c)) {
                out.append(escaped(c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** Returns a hidden character as it is written in Java, such as {@code \}{@code u001b}. */
  public static String escaped(int codePoint) {
    StringBuilder out = new StringBuilder();
    for (char unit : Character.toChars(codePoint)) {
      out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
    }
    return out.toString();
  }

  /**
   * Returns whether a character is not seen itself: controls, line ends included, and marks of
   * direction and format. Joiners are none of them: words of Persian and pictures of people need
   * them.
   */
  public static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.FORMAT -> codePoint != ZERO_WIDTH_NON_JOINER && codePoint != ZERO_WIDTH_JOINER;
      default -> false;
    };
  }
}
