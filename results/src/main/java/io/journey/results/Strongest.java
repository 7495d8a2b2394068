package io.journey.results;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The training examples of the largest and of the smallest scores at every attributed step of every
 * target, where there are so many examples that all scores are not kept. Read from the directory
 * {@code journey attribute --strongest} writes. The scores are those of an {@link Attribution}.
 */
public final class Strongest {
  /** The manifest's kind. */
  public static final String KIND = "strongest";

  /** The table of examples, a {@link Ranked} a line. */
  public static final String RANKING = "ranking.csv";

  /** The table of all scores' means and deviations, a {@link Spread} a line. */
  public static final String SPREAD = "spread.csv";

  private static final String POSITIVE = "positive";
  private static final String NEGATIVE = "negative";
  private static final String REMEDY = "make it again";

  /**
   * A line of {@link #RANKING}.
   *
   * @param target from 0
   * @param timestep t
   * @param sign "positive" of the largest scores above 0, "negative" of the smallest below
   * @param rank from 1
   * @param example its place in the data set
   */
  public record Ranked(
      int target,
      int timestep,
      String sign,
      int rank,
      int example,
      String id,
      @JsonProperty("class") String className,
      float score) {

    /**
     * Returns the lines of the largest scores, of those that are positive, or of the smallest, of
     * those that are negative, strongest first.
     */
    public static List<Ranked> of(
        int target, int timestep, boolean positive, List<Influence> strongest) {
      List<Ranked> rows = new ArrayList<>();
      for (Influence of : Influence.ofSign(strongest, positive)) {
        rows.add(
            new Ranked(
                target,
                timestep,
                positive ? POSITIVE : NEGATIVE,
                rows.size() + 1,
                of.index(),
                of.exampleId(),
                of.className(),
                of.score()));
      }
      return rows;
    }

    private Influence influence() {
      return new Influence(example, id, className, score);
    }
  }

  /**
   * A line of {@link #SPREAD}.
   *
   * @param mean of all N scores
   * @param deviation of all N scores, their root mean squared distance from the mean
   */
  public record Spread(
      int target,
      int timestep,
      @Csv.Format("%.10e") double mean,
      @Csv.Format("%.10e") double deviation) {}

  private final Manifest manifest;
  private final int[] steps;
  private final List<Spread> spreads;
  private final List<Ranked> ranked;

  private Strongest(Manifest manifest, int[] steps, List<Spread> spreads, List<Ranked> ranked) {
    this.manifest = manifest;
    this.steps = steps;
    this.spreads = spreads;
    this.ranked = ranked;
  }

  /** Opens a finished directory; a damaged file is an error. */
  public static Strongest open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    return new Strongest(
        manifest,
        Timesteps.rising(manifest.settingFields()),
        table(Spread.class, manifest.verified(SPREAD)),
        table(Ranked.class, manifest.verified(RANKING)));
  }

  private static <R extends Record> List<R> table(Class<R> type, Path file) {
    try {
      return Csv.read(type, Files.readString(file), file, REMEDY);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Returns the settings and inputs that made it. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns the attributed steps t, rising. */
  public int[] steps() {
    return steps.clone();
  }

  /** Returns the number of targets. */
  public int targets() {
    return spreads.size() / steps.length;
  }

  /**
   * Returns the examples of the largest positive scores, largest first; equal ones in the order of
   * examples.
   *
   * @param t one of {@link #steps()}
   */
  public List<Influence> top(int t, int target) {
    return ranked(t, target, POSITIVE);
  }

  /** Returns the examples of the smallest negative scores, smallest first. */
  public List<Influence> bottom(int t, int target) {
    return ranked(t, target, NEGATIVE);
  }

  /** Returns mean and deviation of all scores. */
  public Spread spread(int t, int target) {
    return spreads.stream()
        .filter(spread -> spread.target() == target && spread.timestep() == t)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no step " + t + " of target " + target));
  }

  private List<Influence> ranked(int t, int target, String sign) {
    if (Arrays.binarySearch(steps, t) < 0 || target < 0 || target >= targets()) {
      throw new IllegalArgumentException("no step " + t + " of target " + target);
    }
    return ranked.stream()
        .filter(row -> row.target() == target && row.timestep() == t && row.sign().equals(sign))
        .map(Ranked::influence)
        .toList();
  }
}
