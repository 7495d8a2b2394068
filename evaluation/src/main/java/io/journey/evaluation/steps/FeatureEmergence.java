package io.journey.evaluation.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.evaluation.PictureSpace;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.results.Attribution;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.sampling.ContinuationRun;
import io.journey.sampling.Trajectory;
import io.journey.statistics.Estimate;
import io.journey.statistics.Ranking;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * At which steps a feature of the final picture is decided (Georgiev et al., section 3.1, figures 3
 * and E.4): the share of pictures from p_θ(·|x_t) that a classifier calls the feature, over t.
 *
 * @param drawing the pictures from p_θ(·|x_t)
 * @param classifier says what is on them
 * @param features the classes looked for in every target; empty for the class of its final picture
 * @param attribution of the same targets, to be put beside it, or null
 */
public record FeatureEmergence(
    ContinuationRun drawing,
    PictureClassifier classifier,
    List<String> features,
    Attribution attribution) {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-emergence";

  /** One line for each target, feature and step. */
  public static final String TABLE = "likelihood.csv";

  /** One line for each target and feature: where it is decided. */
  public static final String DECIDED = "decided.csv";

  /** Where the pictures are if no other directory is named. */
  public static final String PICTURES = "pictures";

  /**
   * The result.
   *
   * @param curves target by target
   * @param finalClasses the class of the final picture of each target
   * @param changes where the scores of each target change most; empty without an attribution
   */
  public record Found(
      List<FeatureCurve> curves, List<String> finalClasses, List<ScoreChange> changes) {}

  public FeatureEmergence {
    features = features.stream().distinct().toList();
    for (String feature : features) {
      if (!classifier.classNames().contains(feature)) {
        throw new SettingException(
            "the classifier knows no class " + feature + ", only " + classifier.classNames());
      }
    }
  }

  /**
   * Draws what is missing and classifies.
   *
   * @param directory for the tables and figures
   * @param pictures for the pictures; another evaluation of the same targets may share it
   */
  public Found run(Path directory, Path pictures, int threads, Progress progress) {
    List<ScoreChange> changes =
        attribution == null ? List.of() : ScoreChange.of(attribution, drawing.targets());
    try (RunDirectory run = RunDirectory.claim(directory, KIND, settings(), inputs())) {
      drawing.run(pictures, threads, progress);
      int[] finalClasses = finalClasses();
      int[][][] counts = counts(pictures, threads, progress);
      Found found =
          new Found(
              curves(finalClasses, counts),
              Arrays.stream(finalClasses).mapToObj(classifier.classNames()::get).toList(),
              changes);
      if (!run.isFinished()) {
        new EmergenceResult(this, found).draft(pictures).settings(settings()).write(run);
        run.finish(Json.object());
      }
      return found;
    }
  }

  private ObjectNode settings() {
    ObjectNode settings = Json.object();
    settings.put("samples", drawing.samples()).put("seed", drawing.seed());
    settings.set("timesteps", Json.tree(drawing.steps()));
    settings.set("features", Json.tree(features));
    return settings;
  }

  private ObjectNode inputs() {
    ObjectNode inputs = drawing.inputs();
    inputs.put("classifier", classifier.fingerprint());
    if (attribution != null) {
      inputs.put("attribution", attribution.manifest().fingerprint());
    }
    return inputs;
  }

  private int[] finalClasses() {
    List<float[]> pictures = drawing.targets().stream().map(Trajectory::image).toList();
    return classes(pictures);
  }

  /** The most likely class of each picture, what is beyond [−1, 1] cut off. */
  private int[] classes(List<float[]> pictures) {
    ImageShape shape = drawing.targets().get(0).shape();
    float[][] inside = PictureSpace.pixels().vectors(pictures, shape);
    float[][] probabilities = classifier.probabilities(List.of(inside), shape);
    return Arrays.stream(probabilities).mapToInt(row -> Ranking.top(row, 1)[0]).toArray();
  }

  /** How many pictures are of each class, [T][S][K]. */
  private int[][][] counts(Path pictures, int threads, Progress progress) {
    int[] steps = drawing.steps();
    int targets = drawing.targets().size();
    int[][][] counts = new int[targets][steps.length][classifier.classNames().size()];
    try (Progress.Task task =
        progress.start("Classifying", (long) targets * steps.length, "steps")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEach(
              targets * steps.length,
              unit -> {
                int target = unit / steps.length;
                int s = unit % steps.length;
                float[][] drawn = drawing.read(pictures, target, steps[s]);
                for (int found : classes(List.of(drawn))) {
                  counts[target][s][found]++;
                }
                task.advance(1);
              });
    }
    return counts;
  }

  private List<FeatureCurve> curves(int[] finalClasses, int[][][] counts) {
    List<FeatureCurve> curves = new ArrayList<>();
    for (int target = 0; target < counts.length; target++) {
      List<String> names = classifier.classNames();
      List<String> wanted =
          features.isEmpty() ? List.of(names.get(finalClasses[target])) : features;
      for (String feature : wanted) {
        List<Point> points = new ArrayList<>();
        for (int s = 0; s < drawing.steps().length; s++) {
          int hits = counts[target][s][names.indexOf(feature)];
          points.add(new Point(drawing.steps()[s], Estimate.ofShare(hits, drawing.samples())));
        }
        curves.add(new FeatureCurve(target, feature, points));
      }
    }
    return curves;
  }
}
