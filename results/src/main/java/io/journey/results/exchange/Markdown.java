package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.TextNode;
import io.journey.run.Printable;

/** Texts of unknown origin as Markdown and YAML show them. */
final class Markdown {
  /** Signs that mean something in Markdown, or make links, mentions and formulas of a text. */
  private static final String SIGNS = "\\`*_{}[]<>()#+-!|~&:@$";

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
    return out.toString();
  }

  /** Returns a text as a value of YAML: a text of JSON is one. */
  static String yaml(String text) {
    return TextNode.valueOf(Printable.of(text)).toString();
  }
}
