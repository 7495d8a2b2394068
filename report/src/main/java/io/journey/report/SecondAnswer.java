package io.journey.report;

import io.journey.results.Attribution;
import io.journey.results.AttributionAgreement;
import io.journey.results.AttributionAgreement.AtStep;
import io.journey.run.JourneyException;
import java.util.List;
import java.util.Locale;

/**
 * The agreement of a ranking with a second one, when the same question is asked again with other
 * random draws.
 */
final class SecondAnswer {
  private final List<AtStep> steps;
  private final int size;

  /**
   * The agreement that the projection alone would leave, one number a step, or null where it is not
   * known.
   */
  private final double[] projection;

  private SecondAnswer(List<AtStep> steps, int size, double[] projection) {
    this.steps = steps;
    this.size = size;
    this.projection = projection;
  }

  /**
   * Compares an attribution with another of the same pictures.
   *
   * @throws JourneyException if both were made from the same features, or of other pictures, steps
   *     or training images
   */
  static SecondAnswer of(Attribution attribution, Attribution again) {
    for (String input : List.of("trajectories", "checkpoints")) {
      if (!same(attribution, again, input)) {
        throw new JourneyException(
            "The second attribution is of another "
                + (input.equals("trajectories") ? "target or other steps" : "ensemble")
                + ": attribute the same pictures with the same checkpoints again.");
      }
    }
    if (same(attribution, again, "features")) {
      throw new JourneyException(
          "Both attributions were made from the same features, so their likeness says nothing:"
              + " featurize with another --seed.");
    }
    return new SecondAnswer(
        AttributionAgreement.of(attribution, again),
        attribution.size(),
        AttributionAgreement.ofProjections(attribution).orElse(null));
  }

  private static boolean same(Attribution a, Attribution b, String input) {
    return a.manifest().inputs().path(input).equals(b.manifest().inputs().path(input));
  }

  /**
   * Returns a sentence on all steps and the numbers of each step with a column, in the order of the
   * page.
   *
   * @param shown indices into the attribution's steps, rising: those with a column
   */
  String html(int[] shown) {
    StringBuilder steps = new StringBuilder();
    StringBuilder shared = new StringBuilder();
    StringBuilder spearman = new StringBuilder();
    double mean = this.steps.stream().mapToDouble(AtStep::top10).average().orElse(0);
    for (int i = shown.length - 1; i >= 0; i--) {
      AtStep step = this.steps.get(shown[i]);
      steps.append("<th scope=\"col\">").append(step.step()).append("</th>");
      shared.append(String.format(Locale.ROOT, "<td>%.1f</td>", step.top10()));
      spearman.append(String.format(Locale.ROOT, "<td>%.2f</td>", step.spearman()));
    }
    return String.format(
            Locale.ROOT,
            "<p>Asked again, with other random draws and another projection,"
                + " %.1f of the 10 strongest images are the same on average (two random rankings"
                + " would share %.2f). More draws make that more.</p>\n",
            mean,
            100.0 / size)
        + "<table class=\"again\"><thead><tr><th scope=\"row\">step t</th>"
        + steps
        + "</tr></thead><tbody><tr><th scope=\"row\">the same of 10</th>"
        + shared
        + "</tr><tr><th scope=\"row\">Spearman, all images</th>"
        + spearman
        + "</tr>"
        + projectionRow(shown)
        + "</tbody></table>"
        + (projection == null
            ? ""
            : "<p>The last row tells what the projection does alone, the draws being the same: near"
                + " 1, the rest is chance of the draws. It is estimated from two halves of the"
                + " features.</p>\n");
  }

  private String projectionRow(int[] shown) {
    if (projection == null) {
      return "";
    }
    StringBuilder row =
        new StringBuilder("<tr><th scope=\"row\">Spearman, another projection alone</th>");
    for (int i = shown.length - 1; i >= 0; i--) {
      row.append(String.format(Locale.ROOT, "<td>%.2f</td>", projection[shown[i]]));
    }
    return row.append("</tr>").toString();
  }
}
