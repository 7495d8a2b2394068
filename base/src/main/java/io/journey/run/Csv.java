package io.journey.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables as text: fields between commas, in quotes where they hold a comma, quote, line break or
 * what else parts fields somewhere.
 *
 * <p>Programs for tables take a field that begins with {@code =}, {@code +}, {@code -} or {@code @}
 * for a formula and compute it, in quotes too. Such a text gets a {@code '} in front, which these
 * programs take for "text"; {@link #lines} takes it away. Numbers stay as they are.
 *
 * <p>Terminals obey some characters that nobody sees. They are written as by {@link Printable}, all
 * but tabs and line feeds, and so is the backslash of a text that looks like one of them; {@link
 * #lines} gives the characters back.
 */
public final class Csv {
  private static final int MOST_FIELDS = 10_000;

  /** Begins a formula, also in the full width of East Asian text; a line end may come before. */
  private static final String FORMULA = "[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]";

  private static final Pattern TAKEN_FOR_FORMULA =
      Pattern.compile("'*" + FORMULA + ".*", Pattern.DOTALL);
  private static final Pattern MARKED_TEXT = Pattern.compile("'+" + FORMULA + ".*", Pattern.DOTALL);
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");

  private Csv() {}

  /** A field of a line; {@link #lines} gives the same text back. */
  public static String quote(String text) {
    String shown = escaped(text);
    boolean formula =
        TAKEN_FOR_FORMULA.matcher(shown).matches() && !NUMBER.matcher(shown).matches();
    String field = formula ? "'" + shown : shown;
    boolean plain = field.chars().noneMatch(c -> ",;\"\n\r\t".indexOf(c) >= 0);
    return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }

  private static String escaped(String text) {
    String safe = ESCAPE.matcher(text).replaceAll("\\\\u005cu$1");
    return Printable.escaped(safe, Csv::isObeyed);
  }

  private static boolean isObeyed(int c) {
    return c != '\t' && c != '\n' && Printable.isHidden(c);
  }

  private static String unescaped(String field) {
    return ESCAPE
        .matcher(field)
        .replaceAll(
            escape ->
                Matcher.quoteReplacement(
                    Character.toString((char) Integer.parseInt(escape.group(1), 16))));
  }

  /**
   * Gives the lines of a table one after the other; only one of them is in memory.
   *
   * @param where the table, for messages
   * @throws JourneyException if a line has more than 10 000 fields
   */
  public static void lines(String text, Object where, Consumer<List<String>> each) {
    List<String> line = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        add(line, field, where);
        if (c == '\n') {
          each.accept(line);
          line = new ArrayList<>();
        }
      } else if (quoted || c != '\r') {
        field.append(c);
      }
    }
    if (field.length() > 0 || !line.isEmpty()) {
      add(line, field, where);
      each.accept(line);
    }
  }

  private static void add(List<String> line, StringBuilder field, Object where) {
    if (line.size() == MOST_FIELDS) {
      throw new JourneyException(
          where + " has a line of more than " + MOST_FIELDS + " fields: it is not Journey's.");
    }
    String text = field.toString();
    line.add(unescaped(MARKED_TEXT.matcher(text).matches() ? text.substring(1) : text));
    field.setLength(0);
  }
}
