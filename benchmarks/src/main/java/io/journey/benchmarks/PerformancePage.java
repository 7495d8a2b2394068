package io.journey.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes measurements into a page: between {@code <!-- table NAME -->} and {@code <!-- end -->}
 * comes a table of the lines of JSON in NAME.jsonl.
 *
 * <p>Arguments: the page, the folder of the measurements.
 */
public final class PerformancePage {
  private static final Pattern TABLE =
      Pattern.compile("(<!-- table ([a-z0-9-]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

  private PerformancePage() {}

  /** Rewrites the page. */
  public static void main(String[] args) throws IOException {
    Path page = Path.of(args[0]);
    Matcher table = TABLE.matcher(Files.readString(page));
    StringBuilder out = new StringBuilder();
    while (table.find()) {
      Path lines = Path.of(args[1]).resolve(table.group(2) + ".jsonl");
      String rows = Files.exists(lines) ? table(Files.readAllLines(lines)) : "not measured\n";
      table.appendReplacement(
          out, Matcher.quoteReplacement(table.group(1) + "\n" + rows + "\n" + table.group(3)));
    }
    table.appendTail(out);
    Files.writeString(page, out.toString());
  }

  private static String table(List<String> lines) {
    List<JsonNode> rows = new ArrayList<>();
    Set<String> columns = new LinkedHashSet<>();
    for (String line : lines) {
      JsonNode row = Json.parse(line.getBytes(StandardCharsets.UTF_8), "a measurement");
      rows.add(row);
      row.fieldNames().forEachRemaining(columns::add);
    }
    StringBuilder out = new StringBuilder("|");
    columns.forEach(column -> out.append(' ').append(column.replace('_', ' ')).append(" |"));
    out.append("\n|").append("---|".repeat(columns.size())).append('\n');
    for (JsonNode row : rows) {
      out.append('|');
      for (String column : columns) {
        JsonNode value = row.path(column);
        String text = value.isValueNode() ? value.asText() : value.toString();
        out.append(' ').append(value.isMissingNode() ? "" : text).append(" |");
      }
      out.append('\n');
    }
    return out.toString();
  }
}
