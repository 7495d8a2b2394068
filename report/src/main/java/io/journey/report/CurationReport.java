package io.journey.report;

import io.journey.dataset.Dataset;
import io.journey.results.Influence;
import io.journey.results.TrainingImages;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Issue;
import io.journey.results.curation.Signals;
import io.journey.results.curation.Suspect;
import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page of a curation: suspected training images, issue by issue, with the images that tell so
 * beside them. One HTML file without a script that loads nothing; the same curation gives the same
 * bytes.
 */
public final class CurationReport {
  /** Suspects shown of an issue. */
  static final int SHOWN = 24;

  /** The longest side of a suspect's picture, and of those beside it, in pixels. */
  private static final int SIDE = 96;

  private static final int SMALL_SIDE = 64;

  private final Curation curation;
  private final Dataset pictures;
  private final double typicalSupport;

  private CurationReport(Curation curation, Dataset pictures) {
    this.curation = curation;
    this.pictures = pictures;
    double[] foreign = curation.signals().stream().mapToDouble(Signals::foreign).sorted().toArray();
    this.typicalSupport = 1 - foreign[foreign.length / 2];
  }

  /**
   * Writes the page.
   *
   * @param curation finished
   * @param data the training images it was made from
   * @param outHtml the file to write
   * @throws io.journey.run.JourneyException if the curation is of other data
   */
  public static void write(Curation curation, Dataset data, Path outHtml) {
    Dataset pictures = TrainingImages.of(curation.manifest(), curation.signals().size(), data);
    String html = new CurationReport(curation, pictures).html();
    AtomicFile.write(outHtml, html.getBytes(StandardCharsets.UTF_8));
  }

  private String html() {
    String style = "\n" + Html.resource("page.css") + Html.resource("curation.css");
    Map<String, String> values = new LinkedHashMap<>();
    values.put("policy", Html.policyHash(style));
    values.put("style", style);
    values.put("images", Counted.of(pictures.size(), "training images"));
    values.put("summary", summary());
    StringBuilder sections = new StringBuilder();
    for (Issue issue : Issue.values()) {
      addSection(sections, issue);
    }
    values.put("issues", sections.toString());
    values.put(
        "settings",
        SettingsTable.group("Settings", curation.manifest().settings())
            + SettingsTable.group("Made from", curation.manifest().inputs()));
    return Html.fill(Html.resource("curation.html"), values);
  }

  private String summary() {
    StringBuilder out = new StringBuilder("<ul class=\"issues\">\n");
    for (Issue issue : Issue.values()) {
      int concerned = curation.ranked(issue).size();
      boolean ranksAll = concerned == pictures.size();
      out.append("<li><a href=\"#").append(issue.word()).append("\">").append(issue.title());
      out.append("</a> <span>");
      out.append(
          ranksAll ? "all ranked" : concerned == 0 ? "none" : Counted.of(concerned, "images"));
      out.append("</span></li>\n");
    }
    return out.append("</ul>").toString();
  }

  private void addSection(StringBuilder out, Issue issue) {
    List<Suspect> suspects = curation.suspects(issue);
    out.append("<section id=\"").append(issue.word()).append("\">\n<h2>");
    out.append(issue.title()).append("</h2>\n<p class=\"note\">");
    out.append(Html.sentence(explanation(issue))).append("</p>\n");
    if (suspects.isEmpty()) {
      out.append("<p>").append(none(issue)).append("</p>\n</section>\n");
      return;
    }
    boolean pairs = issue == Issue.DUPLICATES || issue == Issue.TWINS;
    out.append(pairs ? "<div class=\"suspects pairs\">\n" : "<div class=\"suspects\">\n");
    suspects.stream().limit(SHOWN).forEach(suspect -> addCard(out, suspect));
    out.append("</div>\n");
    int more = curation.ranked(issue).size() - Math.min(SHOWN, suspects.size());
    if (more > 0) {
      out.append("<p class=\"note\">The order of ").append(Counted.of(more, "more images"));
      out.append(" is in ").append(Curation.SIGNALS).append(".</p>\n");
    }
    out.append("</section>\n");
  }

  private static String none(Issue issue) {
    return switch (issue) {
      case MISLABELS -> "The training images have no classes.";
      case DUPLICATES -> "There are none.";
      default -> "There is no such image.";
    };
  }

  private String explanation(Issue issue) {
    return switch (issue) {
      case DUPLICATES ->
          "Images whose pixels are nearly those of an earlier one, which stands beside them. This is no"
              + " attribution; trust it where pictures were saved anew or changed a little.";
      case TWINS ->
          "One other image supports these far more than the rest do: to the model the two are one,"
              + " though their pixels may be shifted or redrawn. One of three on top was a copy where it was"
              + " measured: look at both before one goes.";
      case MISLABELS ->
          "The images that support these most bear other classes. Two of three on top were truly so where"
              + " it was measured; a picture that is hard to tell looks the same.";
      case FOREIGN ->
          String.format(
              Locale.ROOT,
              "Even the images that support these most hardly do. Of half of all images the supporters"
                  + " are closer than %.2f. Rare and good pictures are among them, and where it was measured likeness of pixels found"
                  + " foreign ones as well.",
              typicalSupport);
      case SELF_INFLUENCE ->
          "The model learns these by themselves. Rare, hard and mislabelled pictures do so, and those"
              + " that it knows by heart; by this alone none should go.";
      case AGAINST -> "Taken together, the other images push away from these, and these from them.";
    };
  }

  private void addCard(StringBuilder out, Suspect suspect) {
    Influence image = suspect.image();
    out.append("<article class=\"suspect\">\n<div class=\"of\">");
    addPicture(out, image, SIDE, "words");
    out.append("</div>\n<div class=\"why\"><h3>").append(suspect.rank()).append(". ");
    out.append(Html.escape(Html.line(image.exampleId()))).append("</h3>\n<p>");
    out.append(Html.sentence(reason(suspect))).append("</p>\n<ul class=\"evidence\">\n");
    for (Influence one : suspect.evidence()) {
      out.append("<li title=\"").append(Html.escape(Html.line(one.exampleId()))).append("\">");
      boolean differs =
          suspect.issue() == Issue.MISLABELS && !one.className().equals(image.className());
      addPicture(out, one, SMALL_SIDE, differs ? "words other" : "words");
      out.append("<b class=\"").append(one.score() < 0 ? "neg-word" : "pos-word").append("\">");
      out.append(signed(one.score())).append("</b></li>\n");
    }
    out.append("</ul></div>\n</article>\n");
  }

  /** A picture, and its class or the beginning of its caption. */
  private void addPicture(StringBuilder out, Influence of, int side, String wordsClass) {
    float[] image = new float[pictures.shape().numel()];
    pictures.read(of.index(), image, 0);
    String words =
        of.className().isEmpty() && pictures.isCaptioned()
            ? pictures.captions(of.index()).get(0)
            : of.className();
    String name = Html.escape(Html.line(words.isEmpty() ? of.exampleId() : words));
    out.append("<img alt=\"").append(name).append("\" src=\"");
    out.append(PagePicture.address(image, pictures.shape(), side)).append("\"><span class=\"");
    out.append(wordsClass).append("\">");
    out.append(words.isEmpty() ? "" : name).append("</span>");
  }

  private String reason(Suspect suspect) {
    Signals of = curation.signals().get(suspect.image().index());
    return switch (suspect.issue()) {
      case DUPLICATES -> String.format(Locale.ROOT, "Correlation of pixels %.3f.", of.duplicates());
      case TWINS ->
          String.format(
              Locale.ROOT, "Its twin supports it by %.2f more than the others do.", of.twins());
      case MISLABELS ->
          String.format(
              Locale.ROOT,
              "%.0f %% of its support is by other classes%s.",
              100 * of.mislabels(),
              of.margin() > 0 ? "; “" + Html.line(of.rival()) + "” fits better" : "");
      case FOREIGN ->
          String.format(Locale.ROOT, "Mean closeness of its supporters %.2f.", 1 - of.foreign());
      case SELF_INFLUENCE ->
          String.format(Locale.ROOT, "%.1f times as much as the mean image.", of.selfInfluence());
      case AGAINST ->
          String.format(Locale.ROOT, "Mean closeness of all others −%.4f.", of.against());
    };
  }

  private static String signed(float score) {
    return String.format(Locale.ROOT, "%s%.2f", score < 0 ? "−" : "+", Math.abs(score));
  }
}
