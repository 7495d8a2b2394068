package io.journey.report;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.run.JourneyException;
import io.journey.run.Printable;
import io.journey.statistics.PixelSimilarity;
import io.journey.statistics.Ranking;
import io.journey.statistics.SharedWords;
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
 * @param conditions of the examples, [N]: the class, or the first caption
 * @param classNames the names of the classes by their numbers
 * @param id the examples' ids
 * @param captions what they have of the words of the targets' prompts
 */
record Evidence(
    int[] steps,
    int[][][] top,
    int[][][] bottom,
    int[][] pixelPlaces,
    List<Condition> conditions,
    List<String> classNames,
    IntFunction<String> id,
    SharedWords captions) {
  /** Number of the strongest examples that findings are about. */
  static final int TOP = 10;

  /** The characters of a name that are shown. */
  private static final int LONGEST = 60;

  /**
   * Reads an attribution once, one ranking in memory at a time.
   *
   * @param dataset what {@link TrainingPictures} made of the data
   * @throws JourneyException if it holds a score that is no number
   */
  static Evidence of(Attribution attribution, Dataset dataset, TargetImages targets) {
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
        IntStream.range(0, dataset.size()).mapToObj(i -> condition(dataset, i)).toList(),
        dataset.classNames(),
        dataset::id,
        SharedWords.of(dataset, prompts(attribution, targets)));
  }

  private static Condition condition(Dataset dataset, int example) {
    Condition condition = dataset.condition(example);
    List<String> captions = dataset.captions(example);
    return condition.isNone() && !captions.isEmpty()
        ? new Condition.Prompt(captions.get(0))
        : condition;
  }

  private static List<String> prompts(Attribution attribution, TargetImages targets) {
    return IntStream.range(0, attribution.targets())
        .mapToObj(t -> targets.condition(t).captionText().orElse(""))
        .toList();
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

  /** Describes a condition in one line of text; a text stands in quotation marks. */
  String words(Condition condition) {
    return condition
        .captionText()
        .map(text -> "“" + beginning(Html.line(text).replaceAll("[“”]", "\"")) + "”")
        .orElseGet(() -> end(condition.words(classNames)));
  }

  /** Returns an example as a reader would call it: id and, where there is one, condition. */
  String name(int example) {
    String id = end(id().apply(example));
    Condition condition = conditions.get(example);
    return condition.isNone() ? id : id + " (" + words(condition) + ")";
  }

  /** Returns the beginning of a text where it is long. */
  static String beginning(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = LONGEST - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /** Returns the end of a text where it is long, as that of an id tells more. */
  private static String end(String text) {
    String clean = Printable.of(text.replaceAll("\\p{Cntrl}", "\uFFFD"));
    return clean.length() <= LONGEST ? clean : "…" + clean.substring(clean.length() - LONGEST + 1);
  }
}
