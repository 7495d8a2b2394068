package io.journey.results.audit;

import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement.Verdict;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What gives a verdict, fixed before anything is trained.
 *
 * <p>p: let T_0 be the change without a candidate and T_1 … T_R those without as many random
 * images. Were the candidate a random set too, all orders of the R + 1 numbers were equally likely,
 * so that p = (1 + #{r : T_r ≥ T_0}) / (R + 1) is at most α with a probability of at most α. With
 * several candidates each number is taken in standard deviations from the mean of its own R + 1,
 * and T_r is the largest of random set r over all candidates (Westfall and Young 1993, single-step
 * maxT).
 *
 * @param level α: the largest p at which a candidate is told from random images, in (0, 1)
 * @param timesRandom how many times the change without random images it must at least be
 * @param timesSeed how many times the change by another training seed it must at least be
 */
public record AuditRule(double level, double timesRandom, double timesSeed) {
  /** Chosen on the first data set of a benchmark, and measured on others. */
  public static final AuditRule DEFAULT = new AuditRule(0.05, 1.5, 1.5);

  public AuditRule {
    if (!(level > 0 && level < 1)) {
      throw new SettingException("level must be between 0 and 1, got " + level);
    }
    if (!(timesRandom >= 0) || !(timesSeed >= 0)) {
      throw new SettingException(
          "the effect that is asked for must be at least 0, got "
              + timesRandom
              + " and "
              + timesSeed);
    }
  }

  /** Returns how many random sets it takes at least that a candidate can be told from them. */
  public int fewestSets() {
    return (int) Math.ceil(1 / level - 1e-9) - 1;
  }

  /**
   * Judges candidates, in the order of their names' first appearance.
   *
   * @param changes of all of them, each with as many random sets
   * @param images how many each has, in the order they are judged
   */
  public List<Judgement> judge(List<Change> changes, Map<String, Integer> images) {
    double seed = mean(changes, one -> one.removed() == Removed.NOTHING);
    List<String> names = List.copyOf(images.keySet());
    double[][] all = new double[names.size()][];
    for (int c = 0; c < all.length; c++) {
      all[c] = ofSets(changes, names.get(c));
      if (all[c].length != all[0].length || all[c].length < 2) {
        throw new IllegalArgumentException(
            "every candidate needs as many random sets, one or more");
      }
    }
    double[][] standard = Arrays.stream(all).map(AuditRule::standardized).toArray(double[][]::new);
    List<Judgement> found = new ArrayList<>();
    for (int c = 0; c < all.length; c++) {
      double[] random = Arrays.copyOfRange(all[c], 1, all[c].length);
      double square = Arrays.stream(random).map(x -> x * x).average().orElseThrow();
      double largest = Arrays.stream(random).max().orElseThrow();
      double p = p(standard, standard[c][0]);
      Judgement numbers =
          new Judgement(
              names.get(c),
              images.get(names.get(c)),
              all[c][0],
              Math.sqrt(square),
              largest,
              seed,
              p,
              Verdict.NOBODY);
      found.add(numbers.withVerdict(verdict(numbers)));
    }
    return found;
  }

  /** Returns the verdict that follows from the numbers of a judgement. */
  public Verdict verdict(Judgement numbers) {
    if (numbers.p() > level + 1e-12) {
      return Verdict.NOBODY;
    }
    return numbers.timesRandom() >= timesRandom && numbers.timesSeed() >= timesSeed
        ? Verdict.ATTRIBUTED
        : Verdict.WEAKLY;
  }

  /** Returns the change without the candidate, then those without each random set: [R + 1]. */
  private static double[] ofSets(List<Change> changes, String candidate) {
    int sets =
        1
            + changes.stream()
                .filter(one -> is(one, candidate, Removed.RANDOM))
                .mapToInt(Change::set)
                .max()
                .orElse(-1);
    double[] all = new double[1 + sets];
    all[0] = mean(changes, one -> is(one, candidate, Removed.CANDIDATE));
    for (int r = 0; r < sets; r++) {
      int set = r;
      all[1 + r] = mean(changes, one -> is(one, candidate, Removed.RANDOM) && one.set() == set);
    }
    return all;
  }

  private static boolean is(Change one, String candidate, Removed removed) {
    return one.removed() == removed && one.candidate().equals(candidate);
  }

  private static double mean(List<Change> changes, Predicate<Change> which) {
    return changes.stream().filter(which).mapToDouble(Change::change).average().orElseThrow();
  }

  /** Returns numbers in standard deviations from their mean; the same order as before. */
  private static double[] standardized(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double square = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    double deviation = square > 0 ? Math.sqrt(square) : 1;
    return Arrays.stream(values).map(x -> (x - mean) / deviation).toArray();
  }

  private static double p(double[][] standard, double own) {
    int sets = standard[0].length;
    int asFar = 1;
    for (int r = 1; r < sets; r++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (double[] ofCandidate : standard) {
        largest = Math.max(largest, ofCandidate[r]);
      }
      asFar += largest >= own ? 1 : 0;
    }
    return (double) asFar / sets;
  }

  /**
   * Returns the rule in words.
   *
   * @param sets R
   * @param moves what is measured, as in "the drawing changes"
   */
  public String words(int sets, String moves) {
    int mayExceed = (int) Math.floor(level * (sets + 1) + 1e-9) - 1;
    return String.format(
        Locale.ROOT,
        "“Attributed to these”: without them %s more than without %s of %d sets of as many random"
            + " images (p ≤ %s), at least %s times as much as without random images (root mean square),"
            + " and at least %s times as much as between two trainings that differ in their random"
            + " numbers alone. “Weakly”: the first holds, and one of the other two does not. “To nobody"
            + " in particular”: the first does not hold.",
        moves,
        mayExceed < 1 ? "any" : "all but " + mayExceed,
        sets,
        number(level),
        number(timesRandom),
        number(timesSeed));
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
