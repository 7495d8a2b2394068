package io.journey.report;

import io.journey.condition.Condition;
import io.journey.report.Finding.Kind;
import io.journey.run.Counted;
import io.journey.statistics.Chance;
import io.journey.statistics.StepAgreement;
import java.util.Locale;
import java.util.Optional;

/** Looks for the best finding of each kind; the chance models are those of {@link Findings}. */
final class FindingSearch {
  /** A class is in the majority from this share of the strongest on. */
  private static final double MAJORITY = 0.6;

  private final Evidence evidence;
  private final int s;
  private final int t;
  private final int k;
  private final int n;

  FindingSearch(Evidence evidence) {
    this.evidence = evidence;
    this.s = evidence.stepCount();
    this.t = evidence.targetCount();
    this.k = evidence.k();
    this.n = evidence.size();
  }

  Optional<Finding> hub() {
    int most = 0;
    int hub = -1;
    int at = -1;
    for (int step = 0; step < s; step++) {
      int[] pictures = new int[n];
      for (int target = 0; target < t; target++) {
        for (int example : evidence.top()[step][target]) {
          pictures[example]++;
          if (pictures[example] > most) {
            most = pictures[example];
            hub = example;
            at = step;
          }
        }
      }
    }
    if (most < 2) {
      return Optional.empty();
    }
    double chance = Chance.binomialAtLeast(t, share(k), most) + Math.log10((double) n * s);
    String sentence =
        String.format(
            Locale.ROOT,
            "Training image %s is among the %d strongest for %d of the %s at t = %d; by"
                + " chance it would be for %s.",
            evidence.name(hub),
            k,
            most,
            Counted.of(t, "pictures"),
            evidence.steps()[at],
            few(t * share(k)));
    return Optional.of(new Finding(Kind.HUB, -chance, sentence));
  }

  Optional<Finding> classChange() {
    int classes = evidence.classNames().size();
    double best = Double.NEGATIVE_INFINITY;
    int[] where = null;
    for (int target = 0; target < t && classes > 1; target++) {
      Condition[] own = new Condition[s];
      double[] rarity = new double[s];
      for (int step = 0; step < s; step++) {
        own[step] = majority(step, target);
        rarity[step] = rarity(step, target);
      }
      for (int late = 0; late < s; late++) {
        for (int early = late + 1; early < s; early++) {
          if (rarity[early] + rarity[late] > best && !own[early].equals(own[late])) {
            best = rarity[early] + rarity[late];
            where = new int[] {target, early, late};
          }
        }
      }
    }
    if (where == null) {
      return Optional.empty();
    }
    double places = (double) t * s * (s - 1) / 2 * classes * (classes - 1);
    String sentence =
        String.format(
            Locale.ROOT,
            "For picture %d, %s at t = %d, but %s at t = %d.",
            where[0],
            majorityWords(where[1], where[0], " of the strongest images are labelled "),
            evidence.steps()[where[1]],
            majorityWords(where[2], where[0], " are "),
            evidence.steps()[where[2]]);
    return Optional.of(new Finding(Kind.CLASS_CHANGE, best - Math.log10(places), sentence));
  }

  private Condition majority(int step, int target) {
    return evidence.majority(evidence.top()[step][target]);
  }

  private String majorityWords(int step, int target, String verb) {
    Condition own = majority(step, target);
    int count = evidence.count(evidence.top()[step][target], own);
    return count + " of " + k + verb + evidence.words(own);
  }

  /** −log10 of the chance of a majority as large; −∞ where no class has one. */
  private double rarity(int step, int target) {
    Condition own = majority(step, target);
    int count = own.isNone() ? 0 : evidence.count(evidence.top()[step][target], own);
    return count < MAJORITY * k
        ? Double.NEGATIVE_INFINITY
        : -Chance.drawnAtLeast(n, evidence.classSize(own), k, count);
  }

  Optional<Finding> negativeKin() {
    int drawn = 0;
    int late = 0;
    int early = 0;
    double base = 0;
    for (int target = 0; target < t; target++) {
      Condition own = evidence.ownClass(target);
      if (!own.isNone()) {
        drawn += k;
        late += evidence.count(evidence.bottom()[0][target], own);
        early += evidence.count(evidence.bottom()[s - 1][target], own);
        base += share(evidence.classSize(own)) * k;
      }
    }
    if (drawn == 0 || s < 2) {
      return Optional.empty();
    }
    double chance = Chance.binomialAtLeast(drawn, base / drawn, late);
    String sentence =
        String.format(
            Locale.ROOT,
            "At t = %d, %s of the images that push hardest away from a picture are of the picture's"
                + " own class (%s of all training images are); at t = %d it is %s.",
            evidence.steps()[0],
            percent(late, drawn),
            percent(base, drawn),
            evidence.steps()[s - 1],
            percent(early, drawn));
    return Optional.of(new Finding(Kind.NEGATIVE_KIN, -chance, sentence));
  }

  Optional<Finding> pixels() {
    int best = 0;
    int[] near = new int[s];
    for (int step = 0; step < s; step++) {
      for (int target = 0; target < t; target++) {
        int strongest = evidence.top()[step][target][0];
        near[step] += evidence.pixelPlaces()[target][strongest] <= k ? 1 : 0;
      }
      best = near[step] > near[best] ? step : best;
    }
    int other = best < s / 2.0 ? s - 1 : 0;
    double chance = Chance.binomialAtLeast(t, share(k), near[best]) + Math.log10(s);
    if (t == 1) {
      return Optional.of(new Finding(Kind.PIXELS, -chance, ofOnePicture(near, best, other)));
    }
    String sentence =
        String.format(
            Locale.ROOT,
            "At t = %d, the strongest image of %d of the %s is also one of its %d nearest"
                + " in pixels (by chance: %s)%s.",
            evidence.steps()[best],
            near[best],
            Counted.of(t, "pictures"),
            k,
            few(t * share(k)),
            other == best
                ? ""
                : String.format(
                    Locale.ROOT, "; at t = %d, that of %d", evidence.steps()[other], near[other]));
    return Optional.of(new Finding(Kind.PIXELS, -chance, sentence));
  }

  private String ofOnePicture(int[] near, int best, int other) {
    return String.format(
        Locale.ROOT,
        "At t = %d, the picture's strongest image is %s one of its %d nearest in pixels (by chance:"
            + " %s)%s.",
        evidence.steps()[best],
        near[best] == 1 ? "also" : "not",
        k,
        few(share(k)),
        other == best
            ? ""
            : String.format(
                Locale.ROOT,
                "; at t = %d it is %s",
                evidence.steps()[other],
                near[other] == 1 ? "too" : "not"));
  }

  Optional<Finding> turnover() {
    if (s < 3) {
      return Optional.empty();
    }
    int neighbours = 0;
    int ends = 0;
    int most = 0;
    int least = 0;
    for (int target = 0; target < t; target++) {
      for (int step = 1; step < s; step++) {
        neighbours += shared(step - 1, step, target);
      }
      int kept = shared(0, s - 1, target);
      ends += kept;
      most = kept > shared(0, s - 1, most) ? target : most;
      least = kept < shared(0, s - 1, least) ? target : least;
    }
    double perPair = (double) neighbours / (t * (s - 1));
    double chance = Chance.binomialAtMost(t * k, perPair / k, ends);
    String sentence =
        String.format(
            Locale.ROOT,
            "From one step to the next, %.1f of the %d strongest images stay; from t = %d to t = %d"
                + " only %.1f do (by chance: %s)%s.",
            perPair,
            k,
            evidence.steps()[s - 1],
            evidence.steps()[0],
            (double) ends / t,
            few(share(k) * k),
            keepers(most, least));
    return Optional.of(new Finding(Kind.TURNOVER, -chance, sentence));
  }

  private String keepers(int most, int least) {
    int kept = shared(0, s - 1, most);
    if (t < 2) {
      return "";
    }
    return kept < 3
        ? ", and of no picture more than " + kept
        : ", "
            + kept
            + " of picture "
            + most
            + "'s and "
            + shared(0, s - 1, least)
            + " of picture "
            + least
            + "'s";
  }

  private int shared(int step, int other, int target) {
    return StepAgreement.overlap(evidence.top()[step][target], evidence.top()[other][target]);
  }

  Optional<Finding> signFlip() {
    if (n < 2 * k) {
      return Optional.empty();
    }
    int flips = 0;
    Reversal shown = null;
    for (int target = 0; target < t; target++) {
      Place[] topAt = placesIn(evidence.top(), target);
      Place[] bottomAt = placesIn(evidence.bottom(), target);
      for (int example = 0; example < n; example++) {
        if (topAt[example] != null && bottomAt[example] != null) {
          flips++;
          Reversal found = new Reversal(target, example, topAt[example], bottomAt[example]);
          if (shown == null || found.places() < shown.places()) {
            shown = found;
          }
        }
      }
    }
    if (flips == 0) {
      return Optional.empty();
    }
    double a = share(k);
    double mean = t * n * (1 - 2 * Math.pow(1 - a, s) + Math.pow(1 - 2 * a, s));
    String sentence =
        String.format(
            Locale.ROOT,
            "Training image %s is the %s strongest push towards picture %d at t = %d and the %s"
                + " strongest away from it at t = %d; there %s %s in all, random"
                + " scores would give %s.",
            evidence.name(shown.example()),
            ordinal(shown.top().rank()),
            shown.target(),
            evidence.steps()[shown.top().step()],
            ordinal(shown.bottom().rank()),
            evidence.steps()[shown.bottom().step()],
            Counted.are(flips),
            Counted.of(flips, "such reversals"),
            few(mean));
    return Optional.of(new Finding(Kind.SIGN_FLIP, -Chance.poissonAtLeast(mean, flips), sentence));
  }

  /**
   * A place in a list.
   *
   * @param step index of the step the list is of
   * @param rank from 1 on
   */
  private record Place(int step, int rank) {}

  /** An example among the strongest of a target on both sides, each at its best place. */
  private record Reversal(int target, int example, Place top, Place bottom) {
    int places() {
      return top.rank() + bottom.rank();
    }
  }

  /** Returns for every example its best place in any step's list, or null. */
  private Place[] placesIn(int[][][] lists, int target) {
    Place[] best = new Place[n];
    for (int step = 0; step < s; step++) {
      for (int rank = 1; rank <= k; rank++) {
        int example = lists[step][target][rank - 1];
        if (best[example] == null || rank < best[example].rank()) {
          best[example] = new Place(step, rank);
        }
      }
    }
    return best;
  }

  private double share(int count) {
    return (double) count / n;
  }

  private static String ordinal(int place) {
    return switch (place) {
      case 1 -> "1st";
      case 2 -> "2nd";
      case 3 -> "3rd";
      default -> place + "th";
    };
  }

  private static String percent(double part, double whole) {
    return Math.round(100 * part / whole) + "%";
  }

  /** Returns a number that chance would give, as short as it need be. */
  static String few(double count) {
    if (count < 0.05) {
      return "fewer than 0.1";
    }
    return String.format(Locale.ROOT, count < 9.95 ? "%.1f" : "%.0f", count);
  }
}
