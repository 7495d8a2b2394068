package io.journey.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tables as text: fields between commas, in quotes where they hold a comma, quote or line break.
 */
public final class Csv {
  private static final int MOST_FIELDS = 10_000;

  private Csv() {}

  /** A field of a line. */
  public static String quote(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
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
    line.add(field.toString());
    field.setLength(0);
  }
}
