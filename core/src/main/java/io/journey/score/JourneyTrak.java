package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.DenoisingDraws;
import io.journey.features.FeatureSpace;
import io.journey.features.FeatureStore;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.projection.Projection;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Journey-TRAK (Georgiev et al., Algorithm 1): τ_t = (1/M) Σ_m Φ_m(Φ_mᵀΦ_m + λI)⁻¹ g_{t,m}.
 *
 * <p>Code to paper: {@code x0} x̂0^(t) by θ_m from the target's x_t; {@code outputs} f_t (Eq. 3, a
 * mean over draws and pixels where the paper has a sum); {@code targetFeatures} g_t; {@code scores}
 * τ_t. Positive scores lower f_t: they guide the step towards its outcome.
 */
public final class JourneyTrak {
  /** c of λ = c·trace(ΦᵀΦ)/min(N, k) where nothing else is said. */
  public static final double DEFAULT_DAMPING = 0.1;

  /** k' of Eq. 3. */
  public static final int DEFAULT_DRAWS = 20;

  /** Steps of a target that are one unit of work: few, so that one target occupies all workers. */
  private static final int UNIT = 5;

  /** What one checkpoint says: scores [S·T][N] and f_t [S·T], step by step. */
  record MemberScores(float[][] scores, float[] outputs) {}

  private final Ensemble ensemble;
  private final FeatureStore features;
  private final double damping;
  private final int draws;
  private final long seed;
  private final PixelMask mask;
  private final Workers workers;
  private final Progress progress;

  private JourneyTrak(
      Ensemble ensemble,
      FeatureStore features,
      double damping,
      int draws,
      long seed,
      PixelMask mask,
      Workers workers,
      Progress progress) {
    if (draws < 1) {
      throw new IllegalArgumentException("draws must be at least 1, got " + draws);
    }
    if (!(damping >= 0) || Double.isInfinite(damping)) {
      throw new IllegalArgumentException("damping must be at least 0, got " + damping);
    }
    this.ensemble = ensemble;
    this.features = features;
    this.damping = damping;
    this.draws = draws;
    this.seed = seed;
    this.mask = mask;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * An estimator with the default settings, one worker thread per core.
   *
   * @throws JourneyException if the features were made with other checkpoints
   */
  public static JourneyTrak of(Ensemble ensemble, FeatureStore features) {
    if (!ensemble.members().equals(features.members())) {
      throw new JourneyException(
          "The features have the checkpoints "
              + features.members()
              + ", "
              + ensemble.directory()
              + " has "
              + ensemble.members()
              + ": featurize with these checkpoints.");
    }
    String trainedOn = ensemble.dataFingerprint();
    String featurized = features.manifest().inputs().path("data").asText();
    if (!trainedOn.isEmpty() && !trainedOn.equals(featurized)) {
      throw new JourneyException(
          "The features are of the data "
              + shorten(featurized)
              + ", the checkpoints in "
              + ensemble.directory()
              + " were trained on "
              + shorten(trainedOn)
              + ": featurize the training data.");
    }
    Workers workers =
        new Workers(Runtime.getRuntime().availableProcessors(), Libtorch::singleThreaded);
    return new JourneyTrak(
        ensemble, features, DEFAULT_DAMPING, DEFAULT_DRAWS, 0, null, workers, Progress.SILENT);
  }

  /** The same with damping c. */
  public JourneyTrak withDamping(double c) {
    return new JourneyTrak(ensemble, features, c, draws, seed, mask, workers, progress);
  }

  /** The same with k' draws of noise for each step of a target. */
  public JourneyTrak withDraws(int k) {
    return new JourneyTrak(ensemble, features, damping, k, seed, mask, workers, progress);
  }

  /** The same with another seed of the targets' noise. */
  public JourneyTrak withSeed(long other) {
    return new JourneyTrak(ensemble, features, damping, draws, other, mask, workers, progress);
  }

  /** The same for a patch of the image; null: the whole image. */
  public JourneyTrak withMask(PixelMask other) {
    return new JourneyTrak(ensemble, features, damping, draws, seed, other, workers, progress);
  }

  /** The same on so many worker threads, telling of its progress. */
  public JourneyTrak on(int threads, Progress shown) {
    Workers others = new Workers(threads, Libtorch::singleThreaded);
    return new JourneyTrak(ensemble, features, damping, draws, seed, mask, others, shown);
  }

  /** Attributes one target, in memory. */
  public Attribution attribute(Trajectory target, Steps steps) {
    return attribute(List.of(target), steps);
  }

  /** Attributes targets, in memory. */
  public Attribution attribute(List<Trajectory> targets, Steps steps) {
    int[] at = steps.of(targets.get(0));
    check(targets, at);
    float[][] mean = null;
    for (String member : features.members()) {
      mean = add(mean, member(member, targets, at).scores());
    }
    float[][] scores = divide(mean, features.members().size());
    return new Attribution(
        null,
        features.examples(),
        at,
        targets.size(),
        (step, target) -> scores[step * targets.size() + target].clone());
  }

  /**
   * Attributes targets and writes the result as a directory; continues, or does nothing where all
   * is done.
   */
  public Attribution attribute(List<Trajectory> targets, Steps steps, Path directory) {
    int[] at = steps.of(targets.get(0));
    check(targets, at);
    new AttributionWriter(this, targets, at).write(directory);
    return Attribution.open(directory);
  }

  /** Everything that can be wrong is found before the work begins. */
  private void check(List<Trajectory> targets, int[] steps) {
    checkTargets(targets, steps);
    for (String member : features.members()) {
      DampedSolver.requireSolvable(features.size(), features.dim(member), damping);
      try (Checkpoint checkpoint = load(member)) {
        int last = steps[steps.length - 1];
        if (last >= checkpoint.schedule().steps()) {
          throw new JourneyException(
              String.format(
                  "%s knows steps below %d, the target has step %d: sample it again.",
                  member, checkpoint.schedule().steps(), last));
        }
        checkpoint.schedule().requireEstimable(last);
      }
    }
  }

  private void checkTargets(List<Trajectory> targets, int[] steps) {
    List<String> known = new ArrayList<>();
    features.members().forEach(m -> known.add(features.checkpointFingerprint(m)));
    for (Trajectory target : targets) {
      if (!known.contains(target.modelFingerprint())) {
        throw new JourneyException(
            "The target was drawn by the model "
                + shorten(target.modelFingerprint())
                + ", which is none of the "
                + known.size()
                + " checkpoints in "
                + ensemble.directory()
                + ": sample it with one of them.");
      }
      for (int step : steps) {
        target.indexOf(step);
      }
    }
  }

  static String shorten(String fingerprint) {
    return fingerprint.length() > 12 ? fingerprint.substring(0, 12) + "…" : fingerprint;
  }

  /** Everything one checkpoint contributes. */
  MemberScores member(String member, List<Trajectory> targets, int[] steps) {
    int count = steps.length * targets.size();
    float[][] targetFeatures = new float[count][];
    float[] outputs = new float[count];
    try (Checkpoint checkpoint = load(member);
        Projection projection =
            FeatureSpace.projection(features, member, checkpoint.model().parameters());
        Progress.Task task =
            progress.start("Attributing with " + member, (long) count * draws, "draws")) {
      ExampleGradients gradients =
          GradientMethod.fasterFor(checkpoint.model())
              .of(checkpoint.model(), checkpoint.schedule(), features.function());
      int units = (steps.length + UNIT - 1) / UNIT; // of each target
      workers.forEach(
          targets.size() * units,
          unit -> {
            int target = unit / units;
            int from = unit % units * UNIT;
            int[] some = Arrays.copyOfRange(steps, from, Math.min(steps.length, from + UNIT));
            FeatureSpace.Projected part =
                project(gradients, projection, draws(checkpoint, targets.get(target), some));
            for (int s = 0; s < some.length; s++) {
              targetFeatures[(from + s) * targets.size() + target] = part.features()[s];
              outputs[(from + s) * targets.size() + target] = part.losses()[s];
            }
            task.advance((long) some.length * draws);
          });
    }
    return new MemberScores(
        new DampedSolver(
                FeatureRows.of(features, member),
                KeptTriangles.of(features, member),
                workers,
                progress)
            .scores(targetFeatures, damping),
        outputs);
  }

  /** A checkpoint, the one the features were made with. */
  private Checkpoint load(String member) {
    Checkpoint checkpoint = ensemble.load(member);
    String expected = features.checkpointFingerprint(member);
    if (checkpoint.fingerprint().equals(expected)) {
      return checkpoint;
    }
    checkpoint.close();
    throw new JourneyException(
        "The features of "
            + member
            + " were made with the checkpoint "
            + shorten(expected)
            + ", "
            + ensemble.directory()
            + " has "
            + shorten(checkpoint.fingerprint())
            + ": featurize with these checkpoints.");
  }

  private List<DenoisingDraws> draws(Checkpoint checkpoint, Trajectory target, int[] steps) {
    Seed root = Seed.of(seed).child("targets").child(checkpoint.name());
    List<DenoisingDraws> asked = new ArrayList<>();
    for (int step : steps) {
      float[] xt = target.xt()[target.indexOf(step)];
      float[] output = checkpoint.model().predict(xt, step, target.label());
      float[] x0 = checkpoint.schedule().predictedOriginal(xt, output, step);
      asked.add(DenoisingDraws.atStep(x0, target.label(), step, root.child(step), draws));
    }
    return asked;
  }

  private FeatureSpace.Projected project(
      ExampleGradients gradients, Projection projection, List<DenoisingDraws> asked) {
    if (mask == null) {
      return FeatureSpace.project(gradients, projection, asked, null);
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor weights =
          Libtorch.of(
              mask.weights(),
              org.bytedeco.pytorch.global.torch.ScalarType.Float,
              mask.height(),
              mask.width());
      return FeatureSpace.project(gradients, projection, asked, weights);
    }
  }

  static float[][] add(float[][] sum, float[][] scores) {
    if (sum == null) {
      return scores;
    }
    for (int q = 0; q < sum.length; q++) {
      for (int i = 0; i < sum[q].length; i++) {
        sum[q][i] += scores[q][i];
      }
    }
    return sum;
  }

  static float[][] divide(float[][] sum, int members) {
    for (float[] row : sum) {
      for (int i = 0; i < row.length; i++) {
        row[i] /= members;
      }
    }
    return sum;
  }

  /** The settings, as a manifest keeps them. */
  ObjectNode settings(int[] steps) {
    ObjectNode json = Json.object();
    json.put("estimator", "journey-trak");
    json.set("steps", Json.tree(Arrays.stream(steps).boxed().toList()));
    json.put("damping", damping).put("draws", draws).put("seed", seed);
    if (mask == null) {
      json.putNull("mask");
    } else {
      ObjectNode node = json.putObject("mask");
      node.put("source", mask.source()).put("sha256", mask.fingerprint());
    }
    return json;
  }

  FeatureStore features() {
    return features;
  }

  Ensemble ensemble() {
    return ensemble;
  }

  PixelMask mask() {
    return mask;
  }

  int threads() {
    return workers.threads();
  }
}
