package io.journey.evaluation.lds;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.embedding.Embedder;
import io.journey.latent.LatentCodec;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.results.NamedAttribution;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Prediction;
import io.journey.results.lds.Truth;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.statistics.CaptionSimilarity;
import io.journey.statistics.PatchPosterior;
import io.journey.statistics.PixelSimilarity;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The predictions of estimators that know no gradients: similarity with the finished picture or its
 * caption, the same at every step, and chance.
 *
 * @param truth what is predicted
 * @param data the training images
 * @param targets the targets
 * @param codec decodes the targets into pictures
 */
record BaselinePredictions(Truth truth, Dataset data, List<Trajectory> targets, LatentCodec codec) {
  /** The name of {@link #patches}. */
  static final String NDA = "nda";

  /** Draws of noise for each step of a target whose patches are compared. */
  private static final int PATCH_DRAWS = 4;

  private ImageShape sampled() {
    return targets.get(0).shape();
  }

  private float[][] pictures() {
    return codec.decode(targets.stream().map(Trajectory::image).toArray(float[][]::new), sampled());
  }

  /** Cosine similarity of pixels. */
  Prediction pixels() {
    return atAllSteps("pixel-cosine", PixelSimilarity.cosines(data.pictures(), pictures()));
  }

  /** Cosine similarity of vectors that a network makes. */
  Prediction embedded(Embedder embedder, String name, RunContext context) {
    float[][] examples = embedder.embed(data.pictures(), context);
    ImageShape shape = codec.imageShape(sampled());
    float[][] asked = embedder.embed(Arrays.asList(pictures()), shape, context);
    float[][] cosines = new float[asked.length][examples.length];
    for (int t = 0; t < asked.length; t++) {
      for (int i = 0; i < examples.length; i++) {
        cosines[t][i] = (float) PixelSimilarity.cosine(asked[t], examples[i]);
      }
    }
    return atAllSteps(name, cosines);
  }

  /** Cosine similarity of captions; nothing where the data or a target has none. */
  Optional<Prediction> captions() {
    List<String> prompts =
        targets.stream().flatMap(target -> target.condition().captionText().stream()).toList();
    return prompts.size() == targets.size() && data.isCaptioned()
        ? Optional.of(atAllSteps("caption-cosine", CaptionSimilarity.cosines(data, prompts)))
        : Optional.empty();
  }

  /**
   * NDA: from which images the patches of a target's noisy picture may be ({@link PatchPosterior}),
   * the mean over {@link #PATCH_DRAWS} draws of noise, the same for all targets. Sizes of patches
   * stand in the place of dampings.
   *
   * @param sizes P of patches of P×P pixels, odd
   * @param schedule of the model
   */
  Prediction patches(int[] sizes, NoiseSchedule schedule, RunContext context) {
    int[] steps = truth.steps();
    int questions = steps.length * targets.size();
    double[][][][] sums = new double[sizes.length][steps.length][targets.size()][];
    try (Progress.Task progress =
        context
            .progress()
            .start("Comparing patches", (long) sizes.length * questions, "pictures")) {
      for (int p = 0; p < sizes.length; p++) {
        PatchPosterior posterior = new PatchPosterior(data, sizes[p]);
        double[][][] ofSize = sums[p];
        context
            .workers()
            .forEach(
                questions,
                q -> {
                  int s = q / targets.size();
                  int t = q % targets.size();
                  ofSize[s][t] = truth.predictions(weights(posterior, schedule, steps[s], t));
                  progress.advance(1);
                });
      }
    }
    double[] told = Arrays.stream(sizes).asDoubleStream().toArray();
    return new Prediction(NDA, told, sums);
  }

  private float[] weights(PatchPosterior posterior, NoiseSchedule schedule, int step, int target) {
    Trajectory asked = targets.get(target);
    float[] image = asked.x0()[asked.indexOf(step)];
    Seed seed = Seed.of(0).child("lds").child("patches").child(step);
    DenoisingDraws draws = DenoisingDraws.atStep(image, asked.condition(), step, seed, PATCH_DRAWS);
    float[] mean = new float[data.size()];
    for (int r = 0; r < PATCH_DRAWS; r++) {
      float[] noisy = schedule.noisy(image, draws.noise(), r * image.length, step);
      double[] weights = posterior.weights(noisy, schedule.alphaBar(step));
      for (int i = 0; i < mean.length; i++) {
        mean[i] += (float) (weights[i] / PATCH_DRAWS);
      }
    }
    return mean;
  }

  /** Standard Gaussian scores, other ones for every step and target. */
  Prediction random() {
    int steps = truth.steps().length;
    double[][][] sums = new double[steps][targets.size()][];
    for (int s = 0; s < steps; s++) {
      for (int t = 0; t < targets.size(); t++) {
        RandomStream stream = Seed.of(0).child("lds").child("random").child(s).child(t).stream();
        float[] scores = new float[data.size()];
        stream.fillGaussian(scores);
        sums[s][t] = truth.predictions(scores);
      }
    }
    return Prediction.of("random", sums);
  }

  /**
   * Scores that somebody else has computed: an attribution of the same targets.
   *
   * @throws JourneyException if it is of other steps, targets or training images
   */
  Prediction scored(NamedAttribution named) {
    requireOf(named, truth.steps(), targets.size(), truth.examples(), truth.trajectories());
    return scored(named.name(), (s, t) -> named.at(truth.steps()[s], t).values());
  }

  /**
   * Refuses scores of something else than what is judged.
   *
   * @param trajectories the fingerprint of the targets at these steps
   */
  static void requireOf(
      NamedAttribution named,
      int[] steps,
      int targets,
      List<ExampleTable.Example> examples,
      String trajectories) {
    var attribution = named.attribution();
    if (!Arrays.equals(attribution.steps(), steps)
        || attribution.targets() != targets
        || !attribution.examples().equals(examples)
        || !attribution.manifest().inputFields().text("trajectories").equals(trajectories)) {
      throw new JourneyException(
          "The attribution "
              + named.name()
              + " is of other steps, targets or training images than what is judged: attribute the same"
              + " targets at the same steps.");
    }
  }

  /**
   * What models trained without one image each do: the answer that an estimator of first order has
   * of the same training seed.
   *
   * @param oracle a ground truth of such models
   * @throws JourneyException if it is of other steps, targets or training images
   */
  Prediction leaveOneOut(GroundTruth oracle) {
    if (!Arrays.equals(oracle.steps(), truth.steps())
        || !oracle.data().equals(truth.data())
        || !oracle.trajectories().equals(truth.trajectories())) {
      throw new JourneyException(
          oracle.manifest().directory()
              + " is of other steps, targets or training images than the ground truth: make it of the"
              + " same.");
    }
    return scored("leave-one-out", oracle::leftOut);
  }

  /**
   * Scores from a file.
   *
   * @param file NPY of numbers [steps, targets, N]
   * @throws JourneyException if it has another shape, or something that is no number
   */
  Prediction scored(String name, Path file) {
    return scored(
        name, ScoreFile.open(file, truth.steps().length, targets.size(), data.size())::row);
  }

  /** Scores of an example by the index of the step and the target. */
  @FunctionalInterface
  private interface Scores {
    float[] of(int step, int target);
  }

  private Prediction scored(String name, Scores scores) {
    double[][][] sums = new double[truth.steps().length][targets.size()][];
    for (int s = 0; s < sums.length; s++) {
      for (int t = 0; t < targets.size(); t++) {
        sums[s][t] = truth.predictions(scores.of(s, t));
      }
    }
    return Prediction.of(name, sums);
  }

  private Prediction atAllSteps(String name, float[][] scores) {
    double[][] ofTargets = new double[targets.size()][];
    for (int t = 0; t < ofTargets.length; t++) {
      ofTargets[t] = truth.predictions(scores[t]);
    }
    double[][][] sums = new double[truth.steps().length][][];
    Arrays.fill(sums, ofTargets);
    return Prediction.of(name, sums);
  }
}
