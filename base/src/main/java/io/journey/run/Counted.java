package io.journey.run;

import java.util.Locale;

/** Numbers with their nouns: "1 model", "2 models", "1 class", "0 trajectories". */
public final class Counted {
  private Counted() {}

  /**
   * Returns a number and what is counted.
   *
   * @param nouns in the plural, as it ends a phrase: "models", "whole files"
   */
  public static String of(long count, String nouns) {
    return count + " " + noun(count, nouns);
  }

  /** Returns the same with commas between thousands: "60,000 images". */
  public static String grouped(long count, String nouns) {
    return String.format(Locale.ROOT, "%,d ", count) + noun(count, nouns);
  }

  /** Returns the noun alone, in the singular for one. */
  public static String noun(long count, String nouns) {
    return count == 1 ? singular(nouns) : nouns;
  }

  /** "is" for one, "are" for others. */
  public static String are(long count) {
    return count == 1 ? "is" : "are";
  }

  private static String singular(String nouns) {
    int of = nouns.indexOf(" of ");
    if (of >= 0) {
      return singular(nouns.substring(0, of)) + nouns.substring(of);
    }
    String stem = nouns.substring(0, nouns.length() - 1);
    if (nouns.endsWith("ies")) {
      return nouns.substring(0, nouns.length() - 3) + "y";
    }
    if (nouns.endsWith("sses") || nouns.endsWith("xes")) {
      return nouns.substring(0, nouns.length() - 2);
    }
    return nouns.endsWith("s") ? stem : nouns;
  }
}
