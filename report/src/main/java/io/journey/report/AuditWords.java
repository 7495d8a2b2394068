package io.journey.report;

import io.journey.results.Attribution;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Change;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement;
import io.journey.run.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a report of an audit says, in words that need no other page. */
final class AuditWords {
  private AuditWords() {}

  /** Returns the outcome for one candidate. */
  static String of(Audit audit, Judgement one) {
    String without = one.images() == 1 ? "this one image" : "these " + one.images() + " images";
    String beginning =
        switch (one.verdict()) {
          case ATTRIBUTED ->
              audit.isDrawn()
                  ? "The drawing depends on %s (“%s”)."
                  : "That the model knows the picture depends on %s (“%s”).";
          case WEAKLY ->
              "%s (“%s”) matter more than others do, but not so much that the picture is owed to them.";
          case NOBODY -> "Leaving out %s (“%s”) does no more to it than leaving out others might.";
        };
    String subject =
        one.verdict() == Judgement.Verdict.WEAKLY
            ? without.substring(0, 1).toUpperCase(Locale.ROOT) + without.substring(1)
            : without;
    return String.format(
        Locale.ROOT,
        beginning
            + " Without them it changes %s times as much as without as many images at random, and %s times as much as"
            + " by training once more with other random numbers. Of %d sets of images at random %s"
            + " changed it as much.%s",
        subject,
        Html.line(one.candidate()),
        Judgement.number(one.timesRandom()),
        Judgement.number(one.timesSeed()),
        audit.randomSets(),
        asMuch(audit, one),
        corrected(audit, one));
  }

  private static String corrected(Audit audit, Judgement one) {
    int tried = audit.judgements().size();
    return tried == 1
        ? ""
        : String.format(
            Locale.ROOT,
            " As %d were tried at once, p = %.3f is the share of draws, this one among them, in which"
                + " any of them changed it as much at random.",
            tried,
            one.p());
  }

  private static String asMuch(Audit audit, Judgement one) {
    long count = random(audit, one).stream().filter(x -> x >= one.change()).count();
    return count == 0 ? "none" : Long.toString(count);
  }

  /** Returns a score with its sign. */
  static String signed(double score) {
    return String.format(Locale.ROOT, "%s%.1f", score < 0 ? "−" : "+", Math.abs(score));
  }

  /** Returns the changes without each random set of a candidate, mean over members. */
  static List<Double> random(Audit audit, Judgement one) {
    return List.copyOf(
        audit.changes().stream()
            .filter(row -> row.removed() == Removed.RANDOM)
            .filter(row -> row.candidate().equals(one.candidate()))
            .collect(
                Collectors.groupingBy(
                    Change::set, TreeMap::new, Collectors.averagingDouble(Change::change)))
            .values());
  }

  /** Returns what could have been found. */
  static String power(Audit audit) {
    int sets = audit.randomSets();
    return String.format(
        Locale.ROOT,
        "What could be found: with %d random sets a set of images that beats a random one in %.0f of 100"
            + " trials is told from chance in about half of all audits, and images that matter no more"
            + " than others in %.0f of 100 at most.",
        sets,
        100 * Math.pow(0.5, 1.0 / sets),
        100.0 / (sets + 1));
  }

  /**
   * Returns what the scores' table shows.
   *
   * @param error that the projection leaves in a score; NaN where it is not known
   */
  static String scores(Attribution attribution, double error) {
    int checkpoints = attribution.checkpointNames().size();
    return "Scores are means over timesteps, in standard deviations of all "
        + attribution.size()
        + " scores of a step; positive ones pushed the picture towards what it is."
        + (checkpoints < 2
            ? " There is one checkpoint, so they have no intervals."
            : " Intervals are over " + Counted.of(checkpoints, "checkpoints") + ".")
        + (Double.isNaN(error)
            ? ""
            : String.format(
                Locale.ROOT,
                " Noise floor: by the random projection alone a score is off by %.2f.",
                error));
  }

  /** Returns what a reader may not conclude. */
  static List<String> limits(Audit audit) {
    List<String> limits = new ArrayList<>();
    limits.add(
        "It names no share: no image contributed so many per cent. The test says whether the picture would"
            + " have become another without these images, all of them together.");
    limits.add(
        "Images that look like the picture need not be its cause, and likeness was not used to find"
            + " them.");
    limits.add(
        "“To nobody in particular” means that none of what was tried stood out. It does not prove that an"
            + " image that was not tried does not matter, nor that the picture owes nothing to the data.");
    limits.add(
        "The verdict is about this one picture"
            + (audit.isDrawn() ? " from this one random start" : "")
            + " and this one model. It is a finding about cause, not about law: what follows from it is for"
            + " others to say.");
    limits.add(
        "Copies of these images that are changed so much that they were not recognised as near-duplicates"
            + " stay in the training data, and can stand in for them.");
    limits.add(
        "It knows the training images that were named to it. What else a model has learnt from, as before it"
            + " was tuned, is outside of it.");
    if (!audit.isDrawn()) {
      limits.add(
          "The model did not draw this picture, so there is no random start to draw it from again. What was"
              + " measured is the model’s loss on it, at the timesteps named below, with the same noise"
              + " for all models.");
    }
    return limits;
  }
}
