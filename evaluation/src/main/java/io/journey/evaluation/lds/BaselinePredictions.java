package io.journey.evaluation.lds;

import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.embedding.Embedder;
import io.journey.latent.LatentCodec;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.NamedAttribution;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Prediction;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.statistics.CaptionSimilarity;
import io.journey.statistics.PixelSimilarity;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The predictions of estimators that know no gradients: similarity with the finished picture or its
 * caption, the same at every step, and chance.
 *
 * @param truth whose subsets are predicted
 * @param data the training images
 * @param targets the targets
 * @param codec decodes the targets into pictures
 */
record BaselinePredictions(
    GroundTruth truth, Dataset data, List<Trajectory> targets, LatentCodec codec) {

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
    var attribution = named.attribution();
    if (!Arrays.equals(attribution.steps(), truth.steps())
        || attribution.targets() != targets.size()
        || !attribution.examples().equals(truth.examples())
        || !attribution
            .manifest()
            .inputs()
            .path("trajectories")
            .equals(truth.manifest().inputs().path("trajectories"))) {
      throw new JourneyException(
          "The attribution "
              + named.name()
              + " is of other steps, targets or training images than the ground truth: attribute the"
              + " same targets at the same steps.");
    }
    return scored(named.name(), (s, t) -> named.at(truth.steps()[s], t).values());
  }

  /**
   * What models trained without one image each do: the answer that an estimator of first order has
   * of the same training seed.
   *
   * @param oracle a ground truth of such models
   * @throws JourneyException if it is of other steps, targets or training images
   */
  Prediction leaveOneOut(GroundTruth oracle) {
    var inputs = oracle.manifest().inputs();
    if (!Arrays.equals(oracle.steps(), truth.steps())
        || !inputs.equals(truth.manifest().inputs())) {
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
    Npy scores = Npy.map(file);
    long[] expected = {truth.steps().length, targets.size(), data.size()};
    if (!Arrays.equals(scores.shape(), expected) || !scores.dtype().isFloat()) {
      throw new JourneyException(
          file
              + " has numbers of the type "
              + scores.dtype()
              + " and the shape "
              + Arrays.toString(scores.shape())
              + ", expected scores [steps, targets, images] = "
              + Arrays.toString(expected)
              + ".");
    }
    return scored(
        name,
        (s, t) -> {
          float[] row = new float[data.size()];
          scores.read((long) (s * targets.size() + t) * row.length, row, 0, row.length);
          for (float score : row) {
            if (!Float.isFinite(score)) {
              throw new JourneyException(
                  file + " has a score that is " + score + ": write numbers alone.");
            }
          }
          return row;
        });
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
