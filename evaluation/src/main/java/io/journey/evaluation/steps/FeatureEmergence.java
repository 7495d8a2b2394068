package io.journey.evaluation.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.evaluation.PictureSpace;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.latent.LatentCodec;
import io.journey.results.Attribution;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.sampling.ContinuationRun;
import io.journey.sampling.Trajectory;
import io.journey.statistics.Estimate;
import io.journey.statistics.Ranking;
import io.journey.tensor.BatchSizes;
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
 * @param pictures the directory of the pictures; another evaluation of the same targets may share
 *     it. Null: a folder {@code pictures} of the result
 * @param codec decodes what the model samples, which the classifier sees; the caller closes it
 */
public record FeatureEmergence(
    ContinuationRun drawing,
    PictureClassifier classifier,
    List<String> features,
    Attribution attribution,
    Path pictures,
    LatentCodec codec)
    implements Stage<FeatureEmergence.Found> {
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

  private record Settings(int samples, long seed, int[] timesteps, List<String> features) {}

  @Override
  public String kind() {
    return KIND;
  }

  /** Draws what is missing and classifies. */
  @Override
  public Found run(StageWork work) {
    List<ScoreChange> changes =
        attribution == null ? List.of() : ScoreChange.of(attribution, drawing.targets());
    ContinuationRun.Pictures drawn =
        pictures == null ? work.run(drawing, PICTURES) : drawing.run(pictures, work.context());
    int[] finalClasses = finalClasses();
    int[][][] counts = counts(drawn, work.context());
    Found found =
        new Found(
            curves(finalClasses, counts),
            Arrays.stream(finalClasses).mapToObj(classifier.classNames()::get).toList(),
            changes);
    if (!work.isFinished()) {
      new EmergenceResult(this, found).draft(drawn).settings(work.settings()).write(work);
      work.finish();
    }
    return found;
  }

  @Override
  public Record settings() {
    return new Settings(drawing.samples(), drawing.seed(), drawing.steps(), features);
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = drawing.inputs();
    inputs.put("classifier", classifier.fingerprint());
    if (codec != LatentCodec.IDENTITY) {
      inputs.put("codec", codec.fingerprint());
    }
    if (attribution != null) {
      inputs.put("attribution", attribution.manifest().fingerprint());
    }
    return inputs;
  }

  private int[] finalClasses() {
    return classes(drawing.targets().stream().map(Trajectory::image).toArray(float[][]::new));
  }

  /** The most likely class of the picture of each sample, what is beyond [−1, 1] cut off. */
  private int[] classes(float[][] sampled) {
    ImageShape latent = drawing.targets().get(0).shape();
    ImageShape shape = codec.imageShape(latent);
    int[] classes = new int[sampled.length];
    for (int from = 0; from < sampled.length; from += BatchSizes.DRAWN) {
      int to = Math.min(sampled.length, from + BatchSizes.DRAWN);
      float[][] pictures = codec.decode(Arrays.copyOfRange(sampled, from, to), latent);
      float[][] inside = PictureSpace.pixels().vectors(List.of(pictures), shape);
      float[][] probabilities = classifier.probabilities(List.of(inside), shape);
      for (int n = from; n < to; n++) {
        classes[n] = Ranking.top(probabilities[n - from], 1)[0];
      }
    }
    return classes;
  }

  /** How many pictures are of each class, [T][S][K]. */
  private int[][][] counts(ContinuationRun.Pictures pictures, RunContext context) {
    int[] steps = drawing.steps();
    int targets = drawing.targets().size();
    int[][][] counts = new int[targets][steps.length][classifier.classNames().size()];
    try (Progress.Task task =
        context.progress().start("Classifying", (long) targets * steps.length, "steps")) {
      context
          .workers()
          .forEach(
              targets * steps.length,
              unit -> {
                int target = unit / steps.length;
                int s = unit % steps.length;
                float[][] drawn = pictures.read(target, steps[s]);
                for (int found : classes(drawn)) {
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
