package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.ModelOutput;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.run.Counted;
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

/**
 * Scores of training images for targets, step by step, by an {@link Estimator}: the mean over
 * checkpoints m. Of Journey-TRAK (Georgiev et al., Algorithm 1): τ_t = (1/M) Σ_m Φ_m(Φ_mᵀΦ_m +
 * λI)⁻¹ g_{t,m}.
 *
 * <p>Code to paper: {@code x0} x̂0^(t) by θ_m from the target's x_t; {@code outputs} f_t (Eq. 3, a
 * mean over draws and pixels where the paper has a sum); {@code targetFeatures} g_t; {@code scores}
 * τ_t. Positive scores lower f_t: they guide the step towards its outcome.
 */
public final class Attributor {
  /** c of λ = c·trace(ΦᵀΦ)/min(N, k) where nothing else is said. */
  public static final double DEFAULT_DAMPING = 1;

  /** k' of Eq. 3: twice the paper's, which left chance of its own in every score. */
  public static final int DEFAULT_DRAWS = 40;

  /** The gradients of some targets take at most this much at once, or one target more. */
  private static final long TARGET_BYTES = 128L << 20;

  /**
   * What one checkpoint says, step by step.
   *
   * @param scores [S·T][N]
   * @param even the part of the scores from even places of features, [S·T][N]; null where scores
   *     are not plain products of random projections
   * @param outputs f_t, [S·T]
   */
  record MemberScores(float[][] scores, float[][] even, float[] outputs) {}

  /** What decides the scores beside features and targets; {@code mask} may be null. */
  private record Asked(Estimator estimator, double damping, int draws, long seed, PixelMask mask) {
    Asked {
      if (draws < 1) {
        throw new IllegalArgumentException("draws must be at least 1, got " + draws);
      }
      if (!(damping >= 0) || Double.isInfinite(damping)) {
        throw new IllegalArgumentException("damping must be at least 0, got " + damping);
      }
    }
  }

  private final Ensemble ensemble;
  private final FeatureStore features;
  private final Asked asked;
  private final Workers workers;
  private final Progress progress;

  private Attributor(
      Ensemble ensemble, FeatureStore features, Asked asked, Workers workers, Progress progress) {
    this.ensemble = ensemble;
    this.features = features;
    this.asked = asked;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * The estimator the features are for, with the default settings, one worker thread per core. The
   * checkpoints asked are those of the features: the ensemble may have grown since.
   *
   * @throws JourneyException if the features were made with other checkpoints
   */
  public static Attributor of(Ensemble ensemble, FeatureStore features) {
    if (!ensemble.members().containsAll(features.members())) {
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
    String featurized = features.dataFingerprint();
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
    Estimator estimator = Estimator.of(features);
    Asked asked = new Asked(estimator, DEFAULT_DAMPING, DEFAULT_DRAWS, 0, null);
    return new Attributor(ensemble, features, asked, workers, Progress.SILENT)
        .withEstimator(estimator);
  }

  private Attributor with(Asked other) {
    return new Attributor(ensemble, features, other, workers, progress);
  }

  /**
   * The same features and targets, scored by another estimator.
   *
   * @throws JourneyException if it needs other features, or the errors of training images, which
   *     features do not hold
   */
  public Attributor withEstimator(Estimator other) {
    if (!other.fits(features) || other.output() == ModelOutput.MEAN) {
      throw new JourneyException(
          other.name()
              + (other.output() == ModelOutput.MEAN
                  ? " needs the errors of training images too: journey evaluate lds has it."
                  : " needs "
                      + (other.preconditioned() ? "features with preconditioner ekfac" : "")
                      + (other.preconditioned() ? "" : "features of the function " + other.output())
                      + ", "
                      + features.manifest().directory()
                      + " has others: featurize anew."));
    }
    return with(new Asked(other, asked.damping, asked.draws, asked.seed, asked.mask));
  }

  /** The same with damping c, which estimators without damping do not use. */
  public Attributor withDamping(double c) {
    return with(new Asked(asked.estimator, c, asked.draws, asked.seed, asked.mask));
  }

  /** The same with k' draws of noise for each step of a target. */
  public Attributor withDraws(int k) {
    return with(new Asked(asked.estimator, asked.damping, k, asked.seed, asked.mask));
  }

  /** The same with another seed of the targets' noise. */
  public Attributor withSeed(long other) {
    return with(new Asked(asked.estimator, asked.damping, asked.draws, other, asked.mask));
  }

  /** The same for a patch of the image; null: the whole image. */
  public Attributor withMask(PixelMask other) {
    return with(new Asked(asked.estimator, asked.damping, asked.draws, asked.seed, other));
  }

  /** The same on so many worker threads, telling of its progress. */
  public Attributor on(int threads, Progress shown) {
    Workers others = new Workers(threads, Libtorch::singleThreaded);
    return new Attributor(ensemble, features, asked, others, shown);
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
    if (!asked.estimator.isInfluence()) {
      asked.estimator.requirePossible(features);
    }
    for (String member : features.members()) {
      if (asked.estimator.damped()) {
        DampedSolver.requireSolvable(features.size(), features.dim(member), asked.damping);
      }
      try (Checkpoint checkpoint = gradients().load(member)) {
        int last = steps[steps.length - 1];
        if (last >= checkpoint.schedule().steps()) {
          throw new JourneyException(
              String.format(
                  "%s knows steps below %d, the target has step %d: sample it again.",
                  member, checkpoint.schedule().steps(), last));
        }
        checkpoint.schedule().requireEstimable(last);
        checkpoint.inputs().requireConditions(targets.stream().map(Trajectory::condition).toList());
        checkpoint.inputs().requireTimesteps(steps);
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
                + Counted.of(known.size(), "checkpoints")
                + " in "
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
    if (asked.estimator instanceof GradientProduct
        && asked.estimator.target() != Estimator.Target.AVERAGED) {
      long bytes = Float.BYTES * (long) steps.length * features.dim(member);
      int together = (int) Math.max(1, Math.min(targets.size(), TARGET_BYTES / bytes));
      return products(member, targets, steps, together);
    }
    TargetGradients.OfTargets found =
        asked.estimator.target() == Estimator.Target.AVERAGED
            ? gradients().averaged(member, targets).repeated(steps.length)
            : gradients().atSteps(member, targets, steps);
    return new MemberScores(scores(member, found.features()), null, found.outputs());
  }

  /** Plain products, some targets at a time: their features are long. */
  MemberScores products(String member, List<Trajectory> targets, int[] steps, int together) {
    FeatureRows rows = FeatureRows.of(features, member);
    int count = steps.length * targets.size();
    float[][] scores = new float[count][rows.size()];
    float[][] even = features.isProjected(member) ? new float[count][rows.size()] : null;
    float[] outputs = new float[count];
    for (int from = 0; from < targets.size(); from += together) {
      int to = Math.min(targets.size(), from + together);
      TargetGradients.OfTargets found =
          gradients().atSteps(member, targets.subList(from, to), steps);
      FeatureProducts.Halves halves = FeatureProducts.halves(rows, found.features(), workers);
      for (int q = 0; q < found.outputs().length; q++) {
        int place = q / (to - from) * targets.size() + from + q % (to - from);
        outputs[place] = found.outputs()[q];
        for (int i = 0; i < rows.size(); i++) {
          scores[place][i] = (float) (halves.even()[q][i] + halves.odd()[q][i]);
          if (even != null) {
            even[place][i] = (float) halves.even()[q][i];
          }
        }
      }
    }
    return new MemberScores(scores, even, outputs);
  }

  private float[][] scores(String member, float[][] targets) {
    FeatureRows rows = FeatureRows.of(features, member);
    if (asked.estimator.isInfluence()) {
      KeptTriangles kept = KeptTriangles.of(features, member);
      return new DampedSolver(rows, kept, workers, progress).scores(targets, asked.damping);
    }
    float[][] scores = new float[targets.length][rows.size()];
    try (Estimator.Features known =
        Estimator.Features.of(rows, List.of(asked.estimator), null, workers)) {
      Estimator.Query[] queries = known.queries(targets, workers);
      double lambda = known.lambda(asked.damping);
      workers.forEach(
          queries.length,
          q -> {
            double[] exact = asked.estimator.scores(known, queries[q], lambda);
            for (int i = 0; i < exact.length; i++) {
              scores[q][i] = (float) exact[i];
            }
          });
    }
    return scores;
  }

  private TargetGradients gradients() {
    return new TargetGradients(
        ensemble, features, asked.draws, asked.seed, asked.mask, workers, progress);
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
    json.put("estimator", asked.estimator.name());
    json.set("steps", Json.tree(Arrays.stream(steps).boxed().toList()));
    if (asked.estimator.damped()) {
      json.put("damping", asked.damping);
    }
    json.put("draws", asked.draws).put("seed", asked.seed);
    if (asked.mask == null) {
      json.putNull("mask");
    } else {
      ObjectNode node = json.putObject("mask");
      node.put("source", asked.mask.source()).put("sha256", asked.mask.fingerprint());
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
    return asked.mask;
  }

  int threads() {
    return workers.threads();
  }
}
