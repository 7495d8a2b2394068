package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.TextNode;
import io.journey.run.Printable;
import java.util.regex.Pattern;

/** Texts of unknown origin as Markdown and YAML show them. */
final class Markdown {
  /** Signs that mean something wherever they stand. */
  private static final String SIGNS = "\\`*_{}[]<>|~&@$";

  /** What would begin a heading, a list or a quotation, or makes a link of an address. */
  private static final Pattern OTHERS =
      Pattern.compile("^[-+#=]|(?<=^\\d{1,9})[.)]|:(?=//)|(?<=(?i:www))\\.");

  private Markdown() {}

  /** Returns a text as a part of a line, as it is. */
  static String text(String text) {
    StringBuilder out = new StringBuilder();
    Printable.of(text)
        .codePoints()
        .forEach(
            c -> {
              if (SIGNS.indexOf(c) >= 0) {
                out.append('\\');
              }
              out.appendCodePoint(c);
            });
    return OTHERS.matcher(out).replaceAll("\\\\$0");
  }

  /** Returns a text as a value of YAML: a text of JSON is one. */
  static String yaml(String text) {
    return TextNode.valueOf(Printable.of(text)).toString();
  }
}
