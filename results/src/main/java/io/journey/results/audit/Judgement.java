package io.journey.results.audit;

import io.journey.run.Csv;
import io.journey.run.Printable;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Locale;

/**
 * The outcome for one set of images: a line of {@link Audit#JUDGEMENTS}.
 *
 * @param candidate its name
 * @param images how many it has
 * @param change what became of the picture without them, mean over members
 * @param random the same without as many random images: root mean square over random sets
 * @param largest the largest of the random sets'
 * @param seed the same of models that differ in their training seed alone: mean over pairs
 * @param p the share of all sets, the candidate among them, that change the picture as much
 * @param verdict by the rule
 */
@RecordBuilder
public record Judgement(
    String candidate,
    int images,
    @Csv.Format("%.9e") double change,
    @Csv.Format("%.9e") double random,
    @Csv.Format("%.9e") double largest,
    @Csv.Format("%.9e") double seed,
    @Csv.Format("%.9e") double p,
    Verdict verdict)
    implements JudgementBuilder.With {
  /** What is said of a set of images. */
  public enum Verdict {
    /** Without these images the picture would have become another. */
    ATTRIBUTED("attributed to these"),
    /** They matter more than others do, and the picture stays much the same without them. */
    WEAKLY("weakly"),
    /** Random images may well matter as much. */
    NOBODY("to nobody in particular");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /** Returns the verdict as a person reads it. */
    public String words() {
      return words;
    }
  }

  /** Returns how many times as much as without random images. */
  public double timesRandom() {
    return times(change, random);
  }

  /** Returns how many times as much as with another training seed. */
  public double timesSeed() {
    return times(change, seed);
  }

  private static double times(double change, double of) {
    return of > 0 ? change / of : change > 0 ? Double.POSITIVE_INFINITY : 0;
  }

  /**
   * Returns the verdict with its numbers, in a sentence.
   *
   * @param what changes, as in "the drawing changes"
   */
  public String sentence(String what) {
    String beginning =
        switch (verdict) {
          case ATTRIBUTED -> "Attributed to these: " + quoted() + ".";
          case WEAKLY -> "Weakly attributed: " + quoted() + ".";
          case NOBODY -> "To nobody in particular; tried: " + quoted() + ".";
        };
    return String.format(
        Locale.ROOT,
        "%s Without %s %s %s times as much as without as many random images (p = %.3f), and %s times"
            + " as much as with another training seed.",
        beginning,
        images == 1 ? "this image" : "these " + images + " images",
        what,
        number(timesRandom()),
        p,
        number(timesSeed()));
  }

  private String quoted() {
    return "“" + Printable.of(candidate.replaceAll("\\s+", " ")) + "”";
  }

  /** Returns a ratio with about two digits that count. */
  public static String number(double ratio) {
    double size = Math.abs(ratio);
    return Double.isInfinite(ratio)
        ? "beyond all"
        : String.format(Locale.ROOT, size < 0.95 ? "%.2f" : size < 9.95 ? "%.1f" : "%.0f", ratio);
  }
}
