package io.journey.report;

import io.journey.report.Finding.Kind;
import io.journey.run.Counted;
import io.journey.statistics.Chance;
import io.journey.statistics.SharedWords;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks for the best finding of each kind that is about captions; the chance models are those of
 * {@link Findings}.
 */
final class CaptionFindings {
  private final Evidence evidence;
  private final SharedWords captions;
  private final int s;
  private final int t;
  private final int k;
  private final int n;

  CaptionFindings(Evidence evidence) {
    this.evidence = evidence;
    this.captions = evidence.captions();
    this.s = evidence.stepCount();
    this.t = evidence.targetCount();
    this.k = evidence.k();
    this.n = evidence.size();
  }

  Optional<Finding> captions() {
    int pictures = 0;
    double base = 0;
    int[] sharing = new int[s];
    for (int target = 0; target < t; target++) {
      if (!captions.words(target).isEmpty()) {
        pictures++;
        base += (double) k * captions.countOfAny(target) / n;
        for (int step = 0; step < s; step++) {
          for (int example : evidence.top()[step][target]) {
            sharing[step] += captions.share(target, example) > 0 ? 1 : 0;
          }
        }
      }
    }
    if (base == 0) {
      return Optional.empty();
    }
    int best = 0;
    for (int step = 1; step < s; step++) {
      best = sharing[step] > sharing[best] ? step : best;
    }
    int drawn = pictures * k;
    double chance = Chance.binomialAtLeast(drawn, base / drawn, sharing[best]) + Math.log10(s);
    String sentence =
        String.format(
            Locale.ROOT,
            "At t = %d, %d of the %s of %s have a word of %s prompt in a caption (by chance: %s)%s.",
            evidence.steps()[best],
            sharing[best],
            Counted.of(drawn, "strongest images"),
            pictures == 1 ? "the picture" : Counted.of(pictures, "pictures"),
            pictures == 1 ? "its" : "their",
            FindingSearch.few(base),
            elsewhere(best, sharing));
    return Optional.of(new Finding(Kind.CAPTIONS, -chance, sentence));
  }

  private String elsewhere(int best, int[] counts) {
    int other = best < s / 2.0 ? s - 1 : 0;
    return other == best
        ? ""
        : String.format(Locale.ROOT, "; at t = %d, %d", evidence.steps()[other], counts[other]);
  }

  Optional<Finding> word() {
    double rarest = Double.POSITIVE_INFINITY;
    int[] where = null;
    int words = 0;
    for (int target = 0; target < t; target++) {
      for (int word = 0; word < captions.words(target).size(); word++) {
        int all = captions.count(target, word);
        words += all > 0 ? 1 : 0;
        for (int step = 0; step < s && all > 0; step++) {
          int count = captions.count(target, word, evidence.top()[step][target]);
          double chance = Chance.drawnAtLeast(n, all, k, count);
          if (chance < rarest) {
            rarest = chance;
            where = new int[] {target, word, step};
          }
        }
      }
    }
    if (where == null) {
      return Optional.empty();
    }
    int[] counts = new int[s];
    for (int step = 0; step < s; step++) {
      counts[step] = captions.count(where[0], where[1], evidence.top()[step][where[0]]);
    }
    String sentence =
        String.format(
            Locale.ROOT,
            "For picture %d, %d of the %d strongest images at t = %d have the word “%s” of its prompt"
                + " in a caption (by chance: %s)%s.",
            where[0],
            counts[where[2]],
            k,
            evidence.steps()[where[2]],
            Evidence.beginning(Html.line(captions.words(where[0]).get(where[1]))),
            FindingSearch.few((double) k * captions.count(where[0], where[1]) / n),
            elsewhere(where[2], counts));
    double chance = rarest + Math.log10((double) words * s);
    return Optional.of(new Finding(Kind.WORD, -chance, sentence));
  }
}
