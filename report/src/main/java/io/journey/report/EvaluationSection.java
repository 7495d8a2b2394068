package io.journey.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.EvaluationFiles;
import io.journey.results.EvaluationFiles.Table;
import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.run.Json;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The results of evaluations, as a part of a page: sentences, warnings, figures as pictures, tables
 * to open. All of it is text of unknown origin: a figure stands in an image, where nothing in it
 * runs.
 */
final class EvaluationSection {
  /** Rows of a table that are shown. */
  static final int ROWS = 200;

  private static final int COLUMNS = 40;
  private static final int LONGEST = 200;
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?|NaN");

  private EvaluationSection() {}

  /** Opens finished evaluations. */
  static List<EvaluationFiles> open(List<Path> directories) {
    return directories.stream().map(EvaluationResult::open).toList();
  }

  /**
   * Returns the evaluations one after the other.
   *
   * @param heading the element of a title: h2 or h3
   * @param data the fingerprint of the page's training images, or null where it has none
   */
  static String html(List<EvaluationFiles> evaluations, String heading, String data) {
    StringBuilder out = new StringBuilder();
    for (EvaluationFiles files : evaluations) {
      EvaluationResult result = files.result();
      out.append("<article class=\"check\">\n<").append(heading).append('>');
      out.append(Html.escape(result.title())).append("</").append(heading).append(">\n");
      out.append("<p class=\"question\">").append(Html.sentence(result.question()));
      out.append("</p>\n");
      list(out, "<ul class=\"found\">", result.sentences());
      addWarnings(out, files, data);
      result.figures().forEach((name, caption) -> addFigure(out, files, name, caption));
      result.tables().forEach(name -> addTable(out, name, files.table(name, ROWS)));
      addSettings(out, files);
      out.append("</article>\n");
    }
    return out.toString();
  }

  private static void list(StringBuilder out, String opening, List<String> texts) {
    if (!texts.isEmpty()) {
      out.append(opening).append('\n');
      texts.forEach(text -> out.append("<li>").append(Html.sentence(text)).append("</li>\n"));
      out.append("</ul>\n");
    }
  }

  private static void addWarnings(StringBuilder out, EvaluationFiles files, String data) {
    String evaluated = files.manifest().inputFields().text("data", "");
    boolean otherData = data != null && !evaluated.isEmpty() && !evaluated.equals(data);
    if (files.result().warnings().isEmpty() && !otherData) {
      return;
    }
    out.append("<div class=\"warnings\" role=\"note\">\n<p>Warnings</p>\n");
    if (otherData) {
      list(
          out,
          "<ul>",
          List.of("This was checked with other training images than those of this page."));
    }
    list(out, "<ul>", files.result().warnings());
    out.append("</div>\n");
  }

  private static void addFigure(
      StringBuilder out, EvaluationFiles files, String name, String caption) {
    String alt = caption.isBlank() ? files.result().title() + ": " + name : caption;
    out.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Figure ");
    out.append(Html.escape(name)).append("\"><img class=\"chart\" alt=\"");
    out.append(Html.escape(alt)).append("\" src=\"data:image/svg+xml;base64,");
    out.append(Base64.getEncoder().encodeToString(files.svg(name))).append("\"></div>\n");
  }

  private static void addTable(StringBuilder out, String name, Table table) {
    out.append("<details>\n<summary>").append(Html.escape(name)).append(", ");
    out.append(Counted.of(table.size(), "rows")).append("</summary>\n");
    out.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table ");
    out.append(Html.escape(name)).append("\"><table class=\"numbers\"><thead>");
    addHeader(out, table);
    out.append("</thead><tbody>\n");
    table.rows().forEach(row -> addRow(out, row));
    out.append("</tbody></table></div>\n");
    if (table.rows().size() < table.size()) {
      out.append("<p class=\"note\">The first ").append(table.rows().size()).append(" of ");
      out.append(table.size()).append(" rows; all are in the evaluation’s folder.</p>\n");
    }
    if (table.header().size() > COLUMNS) {
      out.append("<p class=\"note\">The first ").append(COLUMNS).append(" of ");
      out.append(table.header().size()).append(" columns.</p>\n");
    }
    out.append("</details>\n");
  }

  private static void addHeader(StringBuilder out, Table table) {
    List<String> first = table.rows().isEmpty() ? List.of() : table.rows().get(0);
    out.append("<tr>");
    for (int i = 0; i < Math.min(COLUMNS, table.header().size()); i++) {
      boolean number = i < first.size() && isNumber(first.get(i));
      out.append(number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
      out.append(shortened(table.header().get(i))).append("</th>");
    }
    out.append("</tr>");
  }

  private static void addRow(StringBuilder out, List<String> row) {
    out.append("<tr>");
    for (String field : row.subList(0, Math.min(COLUMNS, row.size()))) {
      out.append(isNumber(field) ? "<td class=\"number\">" : "<td>");
      out.append(shortened(field)).append("</td>");
    }
    out.append("</tr>\n");
  }

  private static boolean isNumber(String field) {
    return field.length() < 40 && NUMBER.matcher(field).matches();
  }

  private static String shortened(String field) {
    return Html.escape(field.length() > LONGEST ? field.substring(0, LONGEST) + "…" : field);
  }

  private static void addSettings(StringBuilder out, EvaluationFiles files) {
    ObjectNode run = Json.object();
    run.put("kind", files.manifest().kind());
    run.put("fingerprint", files.manifest().fingerprint());
    out.append("<details>\n<summary>How this was checked</summary>\n<div class=\"tables\">\n");
    out.append(SettingsTable.group("This evaluation", run));
    out.append(SettingsTable.group("What decided it", files.result().settings()));
    out.append(SettingsTable.group("Settings", files.manifest().settings()));
    out.append(SettingsTable.group("Made from", files.manifest().inputs()));
    out.append("</div>\n</details>\n");
  }
}
