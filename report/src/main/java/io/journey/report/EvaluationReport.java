package io.journey.report;

import io.journey.results.EvaluationFiles;
import io.journey.run.AtomicFile;
import io.journey.run.SettingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A page of evaluations alone: one HTML file without a script. It needs no network and loads
 * nothing; the same evaluations give the same bytes.
 */
public final class EvaluationReport {
  private EvaluationReport() {}

  /**
   * Writes the page.
   *
   * @param evaluations directories of finished evaluations, one or more, in the page's order
   * @param outHtml the file to write
   * @throws io.journey.run.JourneyException if one is damaged or no evaluation
   */
  public static void write(List<Path> evaluations, Path outHtml) {
    if (evaluations.isEmpty()) {
      throw new SettingException("a page of evaluations needs one or more");
    }
    List<EvaluationFiles> opened = EvaluationSection.open(evaluations);
    String style = "\n" + Html.resource("page.css");
    Map<String, String> values = new LinkedHashMap<>();
    values.put("policy", Html.policyHash(style));
    values.put("style", style);
    values.put(
        "title",
        opened.size() == 1
            ? Html.escape(opened.get(0).result().title())
            : "What holds of these answers?");
    values.put("checked", EvaluationSection.html(opened, "h2", null));
    String html = Html.fill(Html.resource("evaluations.html"), values);
    AtomicFile.write(outHtml, html.getBytes(StandardCharsets.UTF_8));
  }
}
