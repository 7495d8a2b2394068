package io.journey.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Counted;
import io.journey.run.Printable;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/**
 * Summaries as lines of a name and a value, the values in one column; line ends within a value, as
 * a name of a file may have them, are written out.
 */
final class Lines {
  private static final String[] BYTE_UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

  private Lines() {}

  static void print(PrintWriter out, String name, Object value) {
    out.printf(Locale.ROOT, "%-12s %s%n", name, Printable.of(String.valueOf(value)));
  }

  /** An object as a block of lines, nested names joined by dots; nothing where it is empty. */
  static void printTree(PrintWriter out, String name, JsonNode object) {
    if (!object.isEmpty()) {
      out.println(name);
      printFields(out, "", object);
    }
  }

  private static void printFields(PrintWriter out, String path, JsonNode object) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = path + field.getKey();
      if (field.getValue().isObject() && !field.getValue().isEmpty()) {
        printFields(out, name + ".", field.getValue());
      } else {
        out.printf(Locale.ROOT, "  %-32s %s%n", name, shortened(field.getValue()));
      }
    }
  }

  private static String shortened(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : value.toString();
    return Printable.of(text.length() <= 80 ? text : text.substring(0, 77) + "...");
  }

  /** "812 bytes", "4.2 MiB". */
  static String bytes(long bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? Counted.of(bytes, "bytes")
        : String.format(Locale.ROOT, "%.1f %s", value, BYTE_UNITS[unit]);
  }
}
