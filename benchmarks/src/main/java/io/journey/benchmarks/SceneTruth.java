package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.embedding.Classifier;
import io.journey.encoding.Encoders;
import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.Timesteps;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.scenes.Scene;
import io.journey.score.CheckpointScorer;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.Estimators;
import io.journey.score.MeanScores;
import io.journey.score.PixelMask;
import io.journey.score.ScoringEngine;
import io.journey.score.TargetDraws;
import io.journey.statistics.CaptionSimilarity;
import io.journey.statistics.Estimate;
import io.journey.statistics.PixelSimilarity;
import io.journey.statistics.Ranking;
import io.journey.tensor.Libtorch;
import io.journey.text.TextEncoder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/**
 * Whether the strongest images of a patch show what the patch shows: a truth about scenes ({@code
 * journey scenes}) that needs no retraining. Targets are asked about with a mask over the left
 * thing, over the right thing, and without. Of the ten highest scores of each it counts the images
 * that show the masked thing, those that show the other one, and those in the target's style; the
 * mean over targets and both masks, with the standard error over targets, as CSV.
 *
 * <p>Beside them: chance (their share in the data), pixel similarity under the mask, similarity of
 * the masked half to the more similar half of each image in the eyes of a classifier that was
 * trained to tell what halves show, similarity of captions, and random scores.
 *
 * <p>Arguments: checkpoints, the folder of scenes, trajectories, the CSV, draws of a target, the
 * classifier of {@code benchmarks/run Scenes train}, and one directory of features or more.
 */
public final class SceneTruth {
  private static final int TOP = 10;
  private static final String[] MASKS = {"0,0,32,64", "32,0,32,64", null};
  private static final String STEPS = "100:900:100";

  private final Dataset pictures;
  private final List<Scene> scenes = new ArrayList<>();
  private final List<String> prompts;
  private final List<Scene> asked;
  private final TrajectoryFile file;
  private final PrintStream out;

  private SceneTruth(Path folder, TrajectoryFile file, PrintStream out) {
    this.pictures = Datasets.open(folder.toString()).captioned();
    this.file = file;
    this.out = out;
    for (int i = 0; i < pictures.size(); i++) {
      scenes.add(Scene.of(pictures.captions(i).get(0)).orElseThrow());
    }
    this.prompts =
        file.read(new int[0]).stream()
            .map(target -> target.condition().captionText().orElseThrow())
            .toList();
    this.asked = prompts.stream().map(prompt -> Scene.of(prompt).orElseThrow()).toList();
  }

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    Ensemble ensemble = Ensemble.open(Path.of(args[0]));
    TrajectoryFile file = TrajectoryFile.open(Path.of(args[2]));
    int draws = Integer.parseInt(args[4]);
    try (PrintStream out = new PrintStream(args[3], StandardCharsets.UTF_8);
        RunContext context = RunContext.of(Libtorch.device())) {
      SceneTruth truth = new SceneTruth(Path.of(args[1]), file, out);
      out.println("by,timestep,own,own_error,other,other_error,style,style_error");
      try (Classifier classifier = Classifier.open(Path.of(args[5]))) {
        truth.baselines(classifier);
      }
      for (String features : List.of(args).subList(6, args.length)) {
        truth.judge(ensemble, FeatureStore.open(Path.of(features)), draws, context);
      }
    }
  }

  private void judge(Ensemble ensemble, FeatureStore features, int draws, RunContext context) {
    int[] steps = Timesteps.parse(STEPS).nearest().among(file.timesteps());
    List<Estimator> served =
        Estimators.all().stream().filter(e -> e.needs().isServedBy(features)).toList();
    List<ScoringEngine.Request> requests =
        served.stream().map(e -> new ScoringEngine.Request(e, Damping.DEFAULT)).toList();
    List<Trajectory> targets;
    try (TextEncoder encoder = Encoders.of(ensemble).text()) {
      targets = file.read(steps, encoder);
    }
    float[][][][] ofMask = new float[MASKS.length][][][]; // [mask][request][step·T + target][N]
    for (int m = 0; m < MASKS.length; m++) {
      PixelMask mask = MASKS[m] == null ? null : PixelMask.parse(MASKS[m], file.pictureShape());
      List<MeanScores> means = new ArrayList<>();
      requests.forEach(r -> means.add(new MeanScores(steps.length * targets.size())));
      TargetDraws asked = new TargetDraws(draws, 0, mask);
      ScoringEngine engine = new ScoringEngine(ensemble, features, requests, context);
      for (String member : features.checkpointNames()) {
        try (CheckpointScorer scorer = engine.open(member)) {
          scorer.score(
              targets,
              steps,
              asked,
              (r, query, scored) -> means.get(r).add(query, scored.scores()));
        }
      }
      ofMask[m] =
          means.stream()
              .map(mean -> mean.over(features.checkpointNames().size()))
              .toArray(float[][][]::new);
      System.err.println("mask " + MASKS[m] + " done");
    }
    for (int r = 0; r < served.size(); r++) {
      for (int s = 0; s < steps.length; s++) {
        float[][][] scores = new float[MASKS.length][targets.size()][];
        for (int m = 0; m < MASKS.length; m++) {
          for (int t = 0; t < targets.size(); t++) {
            scores[m][t] = ofMask[m][r][s * targets.size() + t];
          }
        }
        tell(served.get(r).name(), Integer.toString(steps[s]), scores);
      }
    }
  }

  private void baselines(Classifier classifier) {
    tellChance();
    float[][][] random = new float[MASKS.length][asked.size()][];
    float[][][] captions = new float[MASKS.length][][];
    Arrays.fill(captions, CaptionSimilarity.cosines(pictures, prompts));
    for (int m = 0; m < MASKS.length; m++) {
      for (int t = 0; t < asked.size(); t++) {
        random[m][t] = new float[pictures.size()];
        Seed.of(m).child("random").child(t).stream().fillGaussian(random[m][t]);
      }
    }
    tell("random", "", random);
    tell("caption", "", captions);
    tell("pixel", "", pixels());
    tell("classifier", "", halves(classifier));
  }

  private void tellChance() {
    double own = 0;
    double style = 0;
    for (Scene scene : asked) {
      own += share(one -> one.shows(scene.left())) / 2 + share(one -> one.shows(scene.right())) / 2;
      style += share(one -> one.style().equals(scene.style()));
    }
    line("chance", "", own / asked.size(), 0, own / asked.size(), 0, style / asked.size(), 0);
  }

  private double share(Predicate<Scene> shown) {
    return (double) scenes.stream().filter(shown).count() / scenes.size();
  }

  /** Cosines of the pixels inside each mask, of images and finished targets. */
  private float[][][] pixels() {
    int numel = pictures.shape().numel();
    float[][][] out = new float[MASKS.length][asked.size()][pictures.size()];
    float[] image = new float[numel];
    for (int i = 0; i < pictures.size(); i++) {
      pictures.read(i, image, 0);
      for (int m = 0; m < MASKS.length; m++) {
        float[] inside = inside(image, m);
        for (int t = 0; t < asked.size(); t++) {
          out[m][t][i] = (float) PixelSimilarity.cosine(inside, inside(file.picture(t), m));
        }
      }
    }
    return out;
  }

  /** Cosines of the classifier's vectors: of a half, of the whole the mean of both halves. */
  private float[][][] halves(Classifier classifier) {
    float[][][] drawn = new float[asked.size()][][];
    for (int t = 0; t < drawn.length; t++) {
      drawn[t] = embedHalves(classifier, file.picture(t));
    }
    float[][][] out = new float[MASKS.length][asked.size()][pictures.size()];
    float[] image = new float[pictures.shape().numel()];
    for (int i = 0; i < pictures.size(); i++) {
      pictures.read(i, image, 0);
      float[][] shown = embedHalves(classifier, image);
      for (int t = 0; t < drawn.length; t++) {
        double whole = 0;
        for (int m = 0; m < 2; m++) {
          double left = PixelSimilarity.cosine(drawn[t][m], shown[0]);
          double right = PixelSimilarity.cosine(drawn[t][m], shown[1]);
          out[m][t][i] = (float) Math.max(left, right);
          whole += Math.max(left, right) / 2;
        }
        out[2][t][i] = (float) whole;
      }
    }
    return out;
  }

  private static float[][] embedHalves(Classifier classifier, float[] picture) {
    return classifier.embed(AugmentedScenes.halves(picture), SceneHalves.SHAPE);
  }

  private float[] inside(float[] image, int mask) {
    if (MASKS[mask] == null) {
      return image;
    }
    float[] weights = PixelMask.parse(MASKS[mask], pictures.shape()).weights();
    float[] out = new float[image.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = image[i] * weights[i % weights.length];
    }
    return out;
  }

  /**
   * Counts and prints.
   *
   * @param scores [mask][target][N]
   */
  private void tell(String by, String timestep, float[][][] scores) {
    double[] own = new double[asked.size()];
    double[] other = new double[asked.size()];
    double[] style = new double[asked.size()];
    for (int t = 0; t < asked.size(); t++) {
      Scene target = asked.get(t);
      for (int m = 0; m < 2; m++) {
        for (int i : Ranking.top(scores[m][t], TOP)) {
          own[t] += scenes.get(i).shows(masked(target, m)) ? 0.5 / TOP : 0;
          other[t] += scenes.get(i).shows(masked(target, 1 - m)) ? 0.5 / TOP : 0;
        }
      }
      for (int i : Ranking.top(scores[2][t], TOP)) {
        style[t] += scenes.get(i).style().equals(target.style()) ? 1.0 / TOP : 0;
      }
    }
    List<Estimate> told = List.of(Estimate.of(own), Estimate.of(other), Estimate.of(style));
    line(
        by,
        timestep,
        told.stream()
            .flatMapToDouble(of -> DoubleStream.of(of.mean(), of.standardError()))
            .toArray());
  }

  /** Returns the thing under a mask. */
  private static String masked(Scene scene, int mask) {
    return mask == 0 ? scene.left() : scene.right();
  }

  private void line(String by, String timestep, double... numbers) {
    StringBuilder text = new StringBuilder(by + "," + timestep);
    for (double number : numbers) {
      text.append(String.format(Locale.ROOT, ",%.4f", number));
    }
    out.println(text);
    out.flush();
  }
}
