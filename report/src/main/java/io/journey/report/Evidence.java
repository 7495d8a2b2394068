package io.journey.report;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Printable;
import io.journey.statistics.PixelSimilarity;
import io.journey.statistics.Ranking;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The numbers that findings are made from, in plain arrays.
 *
 * @param steps [S], ascending
 * @param top [S, T, K] the examples of highest score, highest first
 * @param bottom [S, T, K] the examples of lowest score, lowest first
 * @param pixelPlaces [T, N] the place of every example by pixel similarity to the final picture, 1
 *     the nearest
 * @param conditions of the examples, [N]
 * @param classNames the names of the classes by their numbers
 * @param id the examples' ids
 */
record Evidence(
    int[] steps,
    int[][][] top,
    int[][][] bottom,
    int[][] pixelPlaces,
    List<Condition> conditions,
    List<String> classNames,
    IntFunction<String> id) {
  /** Number of the strongest examples that findings are about. */
  static final int TOP = 10;

  /**
   * Reads an attribution once, one ranking in memory at a time.
   *
   * @throws JourneyException if it was made from other data, or holds a score that is no number
   */
  static Evidence of(Attribution attribution, Dataset dataset, TargetImages targets) {
    requireSameData(attribution, dataset, targets);
    int[] steps = attribution.steps();
    int[][][] top = new int[steps.length][attribution.targets()][];
    int[][][] bottom = new int[steps.length][attribution.targets()][];
    for (int s = 0; s < steps.length; s++) {
      for (int t = 0; t < attribution.targets(); t++) {
        float[] scores = attribution.scores(s, t);
        requireFinite(scores, steps[s], t);
        top[s][t] = Ranking.top(scores, TOP);
        bottom[s][t] = Ranking.bottom(scores, TOP);
      }
    }
    return new Evidence(
        steps,
        top,
        bottom,
        pixelPlaces(attribution, dataset, targets),
        IntStream.range(0, dataset.size()).mapToObj(dataset::condition).toList(),
        dataset.classNames(),
        dataset::id);
  }

  private static void requireSameData(Attribution attribution, Dataset data, TargetImages targets) {
    String made = attribution.manifest().inputFields().text("data");
    if (!made.equals(data.fingerprint())) {
      throw new JourneyException(
          targets.directory()
              + " was made from data with the fingerprint "
              + shortened(made)
              + ", "
              + data.spec()
              + " has "
              + shortened(data.fingerprint())
              + ": name the data it was made from.");
    }
    if (attribution.size() != data.size()) {
      throw new JourneyException(
          targets.directory()
              + " scores "
              + Counted.of(attribution.size(), "examples")
              + ", "
              + data.spec()
              + " has "
              + data.size()
              + ": make the attribution again.");
    }
    if (!targets.shape().equals(data.shape())) {
      throw new JourneyException(
          targets.directory()
              + " has pictures of "
              + targets.shape()
              + ", the images of "
              + data.spec()
              + " are "
              + data.shape()
              + ": a page needs pictures like those of the data.");
    }
  }

  private static String shortened(String fingerprint) {
    return fingerprint.length() <= 12 ? fingerprint : fingerprint.substring(0, 12) + "…";
  }

  private static void requireFinite(float[] scores, int step, int target) {
    for (int i = 0; i < scores.length; i++) {
      if (!Float.isFinite(scores[i])) {
        throw new JourneyException(
            "The attribution's score of example "
                + i
                + " for target "
                + target
                + " at step "
                + step
                + " is "
                + scores[i]
                + ": the run that made it diverged, make it again with more damping.");
      }
    }
  }

  private static int[][] pixelPlaces(
      Attribution attribution, Dataset dataset, TargetImages targets) {
    float[][] finals = new float[attribution.targets()][];
    for (int t = 0; t < finals.length; t++) {
      finals[t] = targets.finished(t);
    }
    float[][] cosines = PixelSimilarity.cosines(dataset, finals);
    int[][] places = new int[finals.length][];
    for (int t = 0; t < finals.length; t++) {
      places[t] = Ranking.places(cosines[t]);
    }
    return places;
  }

  int stepCount() {
    return steps.length;
  }

  int targetCount() {
    return pixelPlaces.length;
  }

  int size() {
    return conditions.size();
  }

  /** Returns how many examples a list of the strongest has: TOP, or all where there are fewer. */
  int k() {
    return Math.min(TOP, size());
  }

  /** Returns how many of these examples have this condition. */
  int count(int[] examples, Condition condition) {
    int count = 0;
    for (int example : examples) {
      count += conditions.get(example).equals(condition) ? 1 : 0;
    }
    return count;
  }

  /** Returns how many training examples have this condition. */
  int classSize(Condition condition) {
    return Collections.frequency(conditions, condition);
  }

  /**
   * Returns the most frequent class among these examples, the smaller of equals, none if none has
   * any.
   */
  Condition majority(int[] examples) {
    Condition best = Condition.NONE;
    for (int number = 0; number < classNames.size(); number++) {
      Condition one = new Condition.ClassLabel(number);
      int count = count(examples, one);
      if (count > 0 && (best.isNone() || count > count(examples, best))) {
        best = one;
      }
    }
    return best;
  }

  /**
   * Returns the class a picture looks like: the majority among the TOP nearest in pixels, or none.
   */
  Condition ownClass(int target) {
    int[] nearest = new int[k()];
    for (int i = 0; i < size(); i++) {
      if (pixelPlaces[target][i] <= nearest.length) {
        nearest[pixelPlaces[target][i] - 1] = i;
      }
    }
    return majority(nearest);
  }

  /** Describes a condition in one line of text. */
  String words(Condition condition) {
    return oneLine(condition.words(classNames));
  }

  /** Returns an example as a reader would call it: id and, where there is one, condition. */
  String name(int example) {
    String id = oneLine(id().apply(example));
    Condition condition = conditions.get(example);
    return condition.isNone() ? id : id + " (" + words(condition) + ")";
  }

  private static String oneLine(String text) {
    String clean = Printable.of(text.replaceAll("\\p{Cntrl}", "�"));
    return clean.length() <= 60 ? clean : "…" + clean.substring(clean.length() - 59);
  }
}
