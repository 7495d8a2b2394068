package io.journey.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The settings and inputs of an attribution, as tables: all that its manifest says, in its order.
 */
final class SettingsTable {
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-fA-F]{24,}");
  private static final int SHOWN = 12;
  private static final int LONGEST = 120;

  private SettingsTable() {}

  /** Returns a table under a heading; nothing where there is nothing to tell. */
  static String group(String heading, JsonNode tree) {
    StringBuilder rows = new StringBuilder();
    add(rows, "", tree);
    if (rows.length() == 0) {
      return "";
    }
    return "<table class=\"settings\"><caption>"
        + Html.escape(heading)
        + "</caption><tbody>\n"
        + rows
        + "</tbody></table>\n";
  }

  private static void add(StringBuilder rows, String path, JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        add(rows, path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue());
      }
    } else if (node instanceof ArrayNode array && !isFlat(array)) {
      for (int i = 0; i < array.size(); i++) {
        add(rows, path + "[" + i + "]", array.get(i));
      }
    } else {
      row(rows, path, node);
    }
  }

  private static boolean isFlat(ArrayNode array) {
    for (JsonNode item : array) {
      if (item.isContainerNode()) {
        return false;
      }
    }
    return true;
  }

  private static void row(StringBuilder rows, String path, JsonNode node) {
    String value = text(node);
    rows.append("<tr><th scope=\"row\">").append(Html.escape(path)).append("</th><td>");
    if (FINGERPRINT.matcher(value).matches()) {
      code(rows, value, value.substring(0, SHOWN) + "…");
    } else if (value.length() > LONGEST) {
      code(rows, value, value.substring(0, LONGEST) + "…");
    } else {
      rows.append(Html.escape(value));
    }
    rows.append("</td></tr>\n");
  }

  private static void code(StringBuilder rows, String full, String shown) {
    rows.append("<code title=\"").append(Html.escape(full)).append("\">");
    rows.append(Html.escape(shown)).append("</code>");
  }

  private static String text(JsonNode node) {
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(item.asText()));
      return String.join(", ", items);
    }
    return node.isNull() ? "none" : node.asText();
  }
}
