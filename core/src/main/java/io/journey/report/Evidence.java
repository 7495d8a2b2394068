package io.journey.report;

import io.journey.dataset.Dataset;
import io.journey.evaluation.PixelSimilarity;
import io.journey.evaluation.Ranking;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Printable;
import io.journey.score.Attribution;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What findings are made from, in plain arrays.
 *
 * @param steps [S], ascending
 * @param top [S, T, K] the examples of highest score, highest first
 * @param bottom [S, T, K] the examples of lowest score, lowest first
 * @param pixelPlaces [T, N] the place of every example by pixel similarity to the final picture, 1
 *     the nearest
 * @param labels [N], -1 for none
 * @param classNames the labels' names
 * @param id the examples' ids
 */
record Evidence(
    int[] steps,
    int[][][] top,
    int[][][] bottom,
    int[][] pixelPlaces,
    int[] labels,
    List<String> classNames,
    IntFunction<String> id) {
  /** How many of the strongest examples are looked at. */
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
    int[] labels = new int[dataset.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = dataset.label(i);
    }
    return new Evidence(
        steps,
        top,
        bottom,
        pixelPlaces(attribution, dataset, targets),
        labels,
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
    return labels.length;
  }

  /** How many examples a list of the strongest has: TOP, or all where there are fewer. */
  int k() {
    return Math.min(TOP, size());
  }

  /** How many of these examples have this label. */
  int count(int[] examples, int label) {
    int count = 0;
    for (int example : examples) {
      count += labels[example] == label ? 1 : 0;
    }
    return count;
  }

  /** How many training examples have this label. */
  int classSize(int label) {
    int count = 0;
    for (int found : labels) {
      count += found == label ? 1 : 0;
    }
    return count;
  }

  /** The most frequent label among these examples, the smaller of equals, -1 if none has any. */
  int majority(int[] examples) {
    int best = -1;
    for (int label = 0; label < classNames.size(); label++) {
      int count = count(examples, label);
      if (count > 0 && (best < 0 || count > count(examples, best))) {
        best = label;
      }
    }
    return best;
  }

  /** The class a picture looks like: the majority among the TOP nearest in pixels, or -1. */
  int ownClass(int target) {
    int[] nearest = new int[k()];
    for (int i = 0; i < size(); i++) {
      if (pixelPlaces[target][i] <= nearest.length) {
        nearest[pixelPlaces[target][i] - 1] = i;
      }
    }
    return majority(nearest);
  }

  /** The name of a class, cleaned for one line of text. */
  String className(int label) {
    return label < 0 ? "" : oneLine(classNames.get(label));
  }

  /** An example as a reader would call it: id and, where there is one, class. */
  String name(int example) {
    String id = oneLine(id().apply(example));
    return labels[example] < 0 ? id : id + " (" + className(labels[example]) + ")";
  }

  private static String oneLine(String text) {
    String clean = Printable.of(text.replaceAll("\\p{Cntrl}", "�"));
    return clean.length() <= 60 ? clean : "…" + clean.substring(clean.length() - 59);
  }
}
