package io.journey.run;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in a table for a text.
 *
 * <p>Programs for tables take a field that begins with {@code =}, {@code +}, {@code -} or {@code @}
 * for a formula and compute it, in quotes too. Such a text gets a {@code '} in front, which these
 * programs take for "text". Numbers stay as they are.
 *
 * <p>Terminals obey some characters that nobody sees. They are written as by {@link Printable}, all
 * but tabs and line feeds, and so is the backslash of a text that looks like one of them.
 */
final class CsvText {
  /** Begins a formula, also in the full width of East Asian text; a line end may come before. */
  private static final String FORMULA = "[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]";

  private static final Pattern TAKEN_FOR_FORMULA =
      Pattern.compile("'*" + FORMULA + ".*", Pattern.DOTALL);
  private static final Pattern MARKED_TEXT = Pattern.compile("'+" + FORMULA + ".*", Pattern.DOTALL);
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");

  private CsvText() {}

  /** The field of a text. */
  static String field(String text) {
    String safe = ESCAPE.matcher(text).replaceAll("\\\\u005cu$1");
    String shown = Printable.escaped(safe, CsvText::isObeyed);
    boolean formula =
        TAKEN_FOR_FORMULA.matcher(shown).matches() && !NUMBER.matcher(shown).matches();
    return formula ? "'" + shown : shown;
  }

  private static boolean isObeyed(int c) {
    return c != '\t' && c != '\n' && Printable.isHidden(c);
  }

  /** The text of a field. */
  static String text(String field) {
    return ESCAPE
        .matcher(MARKED_TEXT.matcher(field).matches() ? field.substring(1) : field)
        .replaceAll(
            escape ->
                Matcher.quoteReplacement(
                    Character.toString((char) Integer.parseInt(escape.group(1), 16))));
  }
}
