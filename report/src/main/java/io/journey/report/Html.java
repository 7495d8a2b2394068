package io.journey.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Checksums;
import io.journey.run.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text that is safe inside a page, and the pages' resources. */
final class Html {
  /** The characters of a text that a page shows: more than any text encoder reads. */
  static final int LONGEST = 2000;

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)\\}\\}");

  private static final Pattern QUOTED = Pattern.compile("“[^“”]*”");

  private Html() {}

  /** Text as it may stand in an element or a quoted attribute; hidden characters are shown. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      case '\n' -> out.append('\n');
      default -> {
        if (Character.isISOControl(c)) {
          out.append('\uFFFD');
        } else if (Printable.isHidden(c)) {
          out.append(Printable.escaped(c));
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }

  /**
   * Escaped, "t = 900" kept on one line, and what stands in quotation marks apart from the
   * direction of the sentence.
   */
  static String sentence(String text) {
    return QUOTED
        .matcher(escape(text).replace("t = ", "t\u00a0=\u00a0"))
        .replaceAll("<bdi>$0</bdi>");
  }

  /**
   * Returns a caption or prompt as one line that can be read: blanks and line ends as one blank,
   * hidden characters written out, the end of a very long one left out.
   */
  static String line(String text) {
    String line = Printable.of(text.strip().replaceAll("\\s+", " "));
    int count = line.codePointCount(0, line.length());
    return count <= LONGEST
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LONGEST)) + "… (" + count + " characters)";
  }

  /** JSON as it may stand in a script element: without any character that could end it. */
  static String json(JsonNode node) {
    return node.toString()
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /**
   * Fills the places of a page.
   *
   * @param template text with {@code {{name}}} in it; what is filled in is not looked at again
   */
  static String fill(String template, Map<String, String> values) {
    Matcher place = PLACE.matcher(template);
    StringBuilder out = new StringBuilder(template.length());
    while (place.find()) {
      String value = values.get(place.group(1));
      if (value == null) {
        throw new IllegalArgumentException("no value for {{" + place.group(1) + "}}");
      }
      place.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return place.appendTail(out).toString();
  }

  /**
   * Returns how a content security policy names the inline style or script of exactly this text.
   */
  static String policyHash(String inline) {
    byte[] hash = Checksums.sha256().digest(inline.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
  }

  /** Returns a text file of this package. */
  static String resource(String name) {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program was built without " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new IllegalStateException("the program's own " + name + " cannot be read", e);
    }
  }
}
