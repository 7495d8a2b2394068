package io.journey.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.results.EvaluationResult;
import io.journey.results.StandardScores;
import io.journey.results.TrainingImages;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Audit.LeftOut;
import io.journey.results.audit.Judgement;
import io.journey.results.audit.Judgement.Verdict;
import io.journey.results.audit.RankedImage;
import io.journey.results.groups.GroupScores;
import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.Versions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The report of an audit: one HTML file without a script, for a person who never saw Journey, and
 * the same as JSON. The same audit gives the same bytes.
 */
public final class AuditReport {
  /** Images in a ranking. */
  static final int RANKED = 20;

  /** Images of one candidate that are shown. */
  private static final int SHOWN = 60;

  private static final int SIDE = 96;

  private final Attribution attribution;
  private final List<GroupScores> groups;
  private final Audit audit;
  private final Dataset data;
  private final TargetImages target;
  private final List<String> warnings;
  private final List<RankedImage> ranked;
  private final double halvesDisagree;
  private final String command;

  private AuditReport(
      Attribution attribution,
      List<GroupScores> groups,
      Audit audit,
      Dataset data,
      String command) {
    this.command = command;
    this.attribution = attribution;
    this.groups = groups;
    this.audit = audit;
    this.target = TargetImages.of(attribution);
    this.data = data;
    this.warnings = EvaluationResult.open(audit.manifest().directory()).result().warnings();
    this.ranked = RankedImage.strongest(attribution, 0, Math.min(RANKED, attribution.size()));
    this.halvesDisagree = StandardScores.halvesDisagree(attribution, 0);
  }

  /**
   * Returns the report of an audit.
   *
   * @param attribution scores of the picture alone, with those of the whole trajectory
   * @param groups scores of groups by them, in the page's order
   * @param audit finished, on disk
   * @param data the training images, as pictures
   * @param command that repeats it
   * @throws io.journey.run.JourneyException if one is damaged or they do not belong together
   */
  public static AuditReport of(
      Attribution attribution,
      List<GroupScores> groups,
      Audit audit,
      Dataset data,
      String command) {
    return new AuditReport(
        attribution, groups, audit, TrainingImages.of(attribution, data), command);
  }

  /** Writes both files. */
  public void write(Path outHtml, Path outJson) {
    AtomicFile.write(outJson, Json.bytes(json()));
    AtomicFile.write(outHtml, html().getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode json() {
    return new AuditJson(audit, ranked, halvesDisagree, groups, warnings, AuditWords.limits(audit))
        .build(repeat());
  }

  private String html() {
    String style = "\n" + Html.resource("page.css");
    Map<String, String> values = new LinkedHashMap<>();
    values.put("policy", Html.policyHash(style));
    values.put("style", style);
    values.put("title", Html.escape("Audit: " + audit.verdict().words()));
    values.put("lede", Html.escape(lede()));
    values.put("verdict", verdict());
    AuditSection section = new AuditSection(audit, target);
    values.put("tested", audit.isDrawn() ? "Drawn again" : "Asked again");
    values.put("pictures", section.pictures());
    values.put("charts", section.charts());
    values.put("chart-caption", Html.escape(section.caption()));
    values.put(
        "warnings", list("<div class=\"warnings\" role=\"note\"><p>Note</p>", "</div>", warnings));
    values.put("left", left());
    values.put("rule", rule());
    values.put("groups", AuditSection.groups(groups));
    values.put("images", images());
    values.put("limits", list("", "", AuditWords.limits(audit)));
    values.put("repeat", repeated());
    values.put("version", Html.escape(Versions.journey()));
    return Html.fill(Html.resource("audit.html"), values);
  }

  private String lede() {
    String asked =
        audit.isDrawn()
            ? "A generative model drew this picture. To find out whose images shaped it, the images that"
                + " Journey’s scores name were left out of the training data"
            : "This picture was not drawn by the model. To find out which images make the model know it, those"
                + " that Journey’s scores name were left out of the training data";
    String trained =
        audit.isOnward()
            ? ", the model was trained on with them and without them, in every other respect alike, and "
            : ", the model was trained again in every other respect alike, and ";
    return asked
        + trained
        + (audit.isDrawn()
            ? "the picture was drawn again from the same random start."
            : "asked again how well it knows the picture.");
  }

  private String verdict() {
    StringBuilder out = new StringBuilder("<p class=\"decision\">");
    Verdict verdict = audit.verdict();
    String words = verdict == Verdict.WEAKLY ? "weakly attributed" : verdict.words();
    out.append(Html.escape(words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1)));
    out.append("</p>\n");
    for (Judgement one : audit.judgements()) {
      out.append("<p>").append(Html.sentence(AuditWords.of(audit, one))).append("</p>\n");
    }
    return out.toString();
  }

  private static String list(String before, String after, List<String> texts) {
    if (texts.isEmpty()) {
      return "";
    }
    String items =
        texts.stream()
            .map(text -> "<li>" + Html.sentence(text) + "</li>\n")
            .collect(Collectors.joining());
    return before + "<ul class=\"caveats\">\n" + items + "</ul>" + after + "\n";
  }

  private String left() {
    StringBuilder out = new StringBuilder();
    for (Judgement one : audit.judgements()) {
      List<LeftOut> images =
          audit.left().stream().filter(row -> row.candidate().equals(one.candidate())).toList();
      out.append("<h3>").append(Html.escape(Html.line(one.candidate()))).append("</h3>\n");
      out.append("<div class=\"sheet\">\n");
      images.stream().limit(SHOWN).forEach(row -> out.append(picture(row.index())));
      out.append("</div>\n");
      if (images.size() > SHOWN) {
        out.append("<p class=\"note\">").append(Counted.of(images.size() - SHOWN, "more images"));
        out.append("; all are named in audit.json.</p>\n");
      }
    }
    return out.toString();
  }

  private String picture(int index) {
    float[] image = new float[data.shape().numel()];
    data.read(index, image, 0);
    return AuditSection.tile(image, data.shape(), SIDE, data.id(index));
  }

  private String rule() {
    return "<p>"
        + Html.sentence(audit.rule().words(audit.randomSets(), audit.moves()))
        + "</p>\n<p>"
        + Html.sentence(AuditWords.power(audit))
        + "</p>\n";
  }

  private String images() {
    boolean intervals = ranked.stream().anyMatch(one -> !Double.isNaN(one.low()));
    StringBuilder out = new StringBuilder("<div class=\"scroll\" role=\"region\" tabindex=\"0\"");
    out.append(
        " aria-labelledby=\"scores-title\"><table class=\"groups\"><thead><tr><th>Image</th>");
    out.append(
        "<th></th><th>Score</th>"
            + (intervals ? "<th>95% interval</th>" : "")
            + "<th>Left out</th></tr></thead><tbody>\n");
    List<Integer> left = audit.left().stream().map(LeftOut::index).toList();
    for (RankedImage one : ranked) {
      out.append("<tr><th scope=\"row\">").append(Html.escape(Html.line(one.image().exampleId())));
      if (!one.image().className().isEmpty()) {
        out.append("<span class=\"hint\">");
        out.append(Html.escape(Html.line(one.image().className()))).append("</span>");
      }
      out.append("</th><td>").append(picture(one.image().index())).append("</td><td>");
      out.append(AuditWords.signed(one.image().score()));
      if (intervals) {
        out.append("</td><td>").append(AuditWords.signed(one.low())).append(" to ");
        out.append(AuditWords.signed(one.high()));
      }
      out.append("</td><td>").append(left.contains(one.image().index()) ? "yes" : "");
      out.append("</td></tr>\n");
    }
    out.append("</tbody></table></div>\n<p class=\"caption\">");
    out.append(Html.escape(AuditWords.scores(attribution, halvesDisagree))).append("</p>\n");
    return out.toString();
  }

  private ObjectNode repeat() {
    ObjectNode all = Json.object().put("command", command);
    all.putObject("versions")
        .put("journey", Versions.journey())
        .put("libtorch", Versions.libtorch())
        .put("instructions", Versions.instructions());
    all.set("audit", manifest(audit.manifest()));
    all.set("scores", manifest(attribution.manifest()));
    groups.forEach(one -> all.set("groups_" + one.column(), manifest(one.manifest())));
    return all;
  }

  private static ObjectNode manifest(Manifest manifest) {
    ObjectNode out = Json.object().put("fingerprint", manifest.fingerprint());
    out.set("settings", manifest.settings());
    out.set("inputs", manifest.inputs());
    return out;
  }

  private String repeated() {
    StringBuilder out =
        new StringBuilder(
            "<p><code>"
                + Html.escape(command)
                + " --out …</code></p>\n<p>With inputs of these fingerprints, and these settings, this gives"
                + " the same numbers; everything is in <code>audit.json</code>, too.</p>\n<details"
                + " open>\n<summary>Settings, seeds, fingerprints,"
                + " versions</summary>\n<div class=\"tables\">\n");
    ObjectNode tables = repeat();
    tables.remove("command");
    tables
        .properties()
        .forEach(part -> out.append(SettingsTable.group(part.getKey(), part.getValue())));
    return out.append("</div>\n</details>\n").toString();
  }
}
