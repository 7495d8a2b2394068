package io.journey.report;

import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Change;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement;
import io.journey.results.groups.GroupScore;
import io.journey.results.groups.GroupScore.Verdict;
import io.journey.results.groups.GroupScores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The pictures and charts of a report of an audit.
 *
 * @param audit what was found
 * @param target the picture
 */
record AuditSection(Audit audit, TargetImages target) {
  private static final int SIDE = 160;

  /** What stays free at either side of a chart, in per cent. */
  private static final double EDGE = 2;

  private static final int ROW = 34;
  private static final int GROUPS = 12;

  /** Returns a picture with words under it. */
  static String tile(float[] image, ImageShape shape, int side, String words) {
    return "<figure class=\"tile\"><img alt=\""
        + Html.escape(Html.line(words))
        + "\" src=\""
        + PagePicture.address(image, shape, side)
        + "\"><figcaption>"
        + Html.escape(Html.line(words))
        + "</figcaption></figure>\n";
  }

  /** Returns the picture, and what was drawn in its place. */
  String pictures() {
    StringBuilder out = new StringBuilder("<div class=\"sheet drawn\">\n");
    ImageShape shape = target.shape();
    out.append(
        tile(
            target.finished(0),
            shape,
            SIDE,
            audit.isDrawn() ? "The picture" : "The picture asked about"));
    if (audit.isDrawn()) {
      Safetensors drawn = Safetensors.open(audit.manifest().verified(Audit.PICTURES));
      if (audit.isOnward()) {
        out.append(tile(one(drawn, Audit.ALL, 0), shape, SIDE, "Trained on, with all images"));
      }
      int c = 0;
      for (Judgement one : audit.judgements()) {
        String name = Audit.pictures(Removed.CANDIDATE);
        out.append(tile(one(drawn, name, c++), shape, SIDE, "Without " + one.candidate()));
      }
      out.append(
          tile(
              one(drawn, Audit.pictures(Removed.RANDOM), typical()),
              shape,
              SIDE,
              "Without as many others (typical)"));
      out.append(
          tile(
              one(drawn, Audit.pictures(Removed.NOTHING), 0),
              shape,
              SIDE,
              "All images, other random numbers"));
    }
    return out.append("</div>\n").toString();
  }

  private float[] one(Safetensors drawn, String name, int n) {
    int numel = target.shape().numel();
    return drawn.part(name, (long) n * numel, numel);
  }

  /** The place of the random set of the first member whose change is the median. */
  private int typical() {
    List<Change> random =
        audit.changes().stream()
            .filter(one -> one.removed() == Removed.RANDOM && one.member() == 0)
            .toList();
    List<Integer> ranked =
        IntStream.range(0, random.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> random.get(i).change()))
            .toList();
    return ranked.get(ranked.size() / 2);
  }

  /** Returns a chart of all changes, a row for each kind of model. */
  String charts() {
    StringBuilder out = new StringBuilder();
    for (Judgement one : audit.judgements()) {
      out.append(chart(one));
    }
    return out.toString();
  }

  private String chart(Judgement one) {
    List<Double> random = AuditWords.random(audit, one);
    List<Double> seeds = new ArrayList<>();
    audit.changes().stream()
        .filter(change -> change.removed() == Removed.NOTHING)
        .forEach(change -> seeds.add(change.change()));
    double most = one.change();
    double least = Math.min(0, one.change());
    for (List<Double> some : List.of(random, seeds)) {
      for (double value : some) {
        most = Math.max(most, value);
        least = Math.min(least, value);
      }
    }
    Scale scale = new Scale(least, Math.max(most, 1e-12));
    StringBuilder out = new StringBuilder();
    out.append("<svg class=\"changes\" role=\"img\" width=\"100%\" height=\"");
    out.append(3 * ROW + 12).append("\" aria-label=\"");
    out.append(Html.escape(AuditWords.of(audit, one))).append("\">\n");
    row(out, 0, "without " + Html.line(one.candidate()), List.of(one.change()), "own", scale);
    row(out, 1, "without as many others at random", random, "random", scale);
    row(out, 2, "all images, other random numbers", seeds, "seed", scale);
    return out.append("</svg>\n").toString();
  }

  /** Places in per cent of a chart's width. */
  private record Scale(double least, double most) {
    double at(double value) {
      return EDGE + (100 - 2 * EDGE) * (value - least) / (most - least);
    }
  }

  private static void row(
      StringBuilder out, int row, String words, List<Double> values, String kind, Scale scale) {
    int y = row * ROW + 26;
    out.append(String.format(Locale.ROOT, "<text x=\"0\" y=\"%d\">", y - 13));
    out.append(Html.escape(words)).append("</text>\n");
    out.append(
        String.format(
            Locale.ROOT,
            "<line class=\"rail\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>\n",
            scale.at(Math.max(0, scale.least())),
            100 - EDGE,
            y,
            y));
    for (double value : values) {
      out.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%d\" r=\"5\"/>\n",
              kind,
              scale.at(value),
              y));
    }
  }

  /** Returns what the charts show. */
  String caption() {
    if (!audit.isDrawn()) {
      return "How much each model’s loss on the picture is above that of the model of all images with the same"
          + " random numbers, mean over timesteps. A dot is a model. The third row shows by how much models"
          + " of all images differ that differ in their random numbers alone.";
    }
    double change = audit.strongest().change();
    return String.format(
        Locale.ROOT,
        "How far each model’s drawing is from that of the model of all images with the same random numbers:"
            + " the ℓ2 distance of pixels, from 0 on the left. A dot is a model. The third row compares"
            + " models of all images that differ in their random numbers alone. Without %s a pixel moves"
            + " by %.2f of the way from black to white (root mean square).",
        Html.line(audit.strongest().candidate()),
        change / Math.sqrt(target.shape().numel()) / 2);
  }

  /** Returns tables of groups. */
  static String groups(List<GroupScores> all) {
    StringBuilder out = new StringBuilder();
    for (GroupScores groups : all) {
      out.append("<h3>Groups by ")
          .append(Html.escape(Html.line(groups.column())))
          .append("</h3>\n");
      out.append("<p class=\"verdict\">").append(Html.sentence(groups.sentence(0)));
      out.append(
          "</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Groups\">");
      out.append(
          "<table class=\"groups\"><thead><tr><th>Group</th><th>Images</th><th>Distance from");
      out.append(" chance</th><th>95% interval</th><th>p</th></tr></thead><tbody>\n");
      List<GroupScore> ranked = groups.of(0, GroupScore.OVERALL);
      ranked.stream().limit(GROUPS).forEach(one -> add(out, one));
      out.append("</tbody></table></div>\n");
      if (ranked.size() > GROUPS) {
        out.append("<p class=\"note\">The first ").append(GROUPS).append(" of ");
        out.append(ranked.size()).append("; all are in audit.json.</p>\n");
      }
    }
    if (!all.isEmpty()) {
      out.append("<p class=\"caption\">").append(Html.escape(GroupScores.RULE));
      out.append(
          " Noise floor: a random group of its size is within 2 deviations of chance in 95 of");
      out.append(" 100 cases.</p>\n");
    }
    return out.toString();
  }

  private static void add(StringBuilder out, GroupScore one) {
    String frame =
        one.verdict() == Verdict.TOWARDS ? "pos" : one.verdict() == Verdict.AWAY ? "neg" : "";
    out.append("<tr class=\"").append(frame).append("\"><th scope=\"row\">");
    out.append(Html.escape(Html.line(one.group()))).append("</th><td>").append(one.images());
    out.append("</td><td>").append(AuditWords.signed(one.z())).append("</td><td>");
    if (Double.isNaN(one.low()) || !(one.chanceDeviation() > 0)) {
      out.append("–");
    } else {
      out.append(AuditWords.signed((one.low() - one.chance()) / one.chanceDeviation()));
      out.append(" to ");
      out.append(AuditWords.signed((one.high() - one.chance()) / one.chanceDeviation()));
    }
    out.append("</td><td>").append(String.format(Locale.ROOT, "%.3f", one.p()));
    out.append("</td></tr>\n");
  }
}
