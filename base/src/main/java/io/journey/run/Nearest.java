package io.journey.run;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody may have meant who typed a name that there is not. */
public final class Nearest {
  private static final int LEAST_TYPED = 3;

  private Nearest() {}

  /**
   * Returns the known name that takes the fewest changes of a letter, if those are at most two, or
   * a third of the letters; of several the first.
   */
  public static Optional<String> to(String typed, Collection<String> known) {
    if (typed.length() < LEAST_TYPED) {
      return Optional.empty();
    }
    LevenshteinDistance distance =
        new LevenshteinDistance(Math.min(Math.max(2, typed.length() / 3), typed.length() - 2));
    String lower = typed.toLowerCase(Locale.ROOT);
    record Candidate(String name, int changes) {}
    return known.stream()
        .map(name -> new Candidate(name, distance.apply(lower, name.toLowerCase(Locale.ROOT))))
        .filter(candidate -> candidate.changes() >= 0)
        .min(Comparator.comparingInt(Candidate::changes))
        .map(Candidate::name);
  }

  /** Returns {@code "; did you mean --prompt?"}, or nothing where no name is near. */
  public static String question(String typed, Collection<String> known) {
    return question(typed, known, "");
  }

  /** Returns {@code "; did you mean --prompt?"}, or something else where no name is near. */
  public static String question(String typed, Collection<String> known, String otherwise) {
    return to(typed, known).map(name -> "; did you mean " + name + "?").orElse(otherwise);
  }
}
