package io.journey.score;

import io.journey.condition.Condition;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.Strongest;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.run.Stage;
import io.journey.sampling.Trajectory;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Scores of training images for targets, step by step, by an {@link Estimator}: the mean over
 * checkpoints m. Of Journey-TRAK (Georgiev et al., Algorithm 1): τ_t = (1/M) Σ_m Φ_m(Φ_mᵀΦ_m +
 * λI)⁻¹ g_{t,m}.
 *
 * <p>Code to paper: {@code x0} x̂0^(t) by θ_m from the target's x_t; {@code measurements} f_t (Eq.
 * 3, a mean over draws and pixels where the paper has a sum); {@code targetFeatures} g_t; {@code
 * scores} τ_t. Positive scores lower f_t: they guide the step towards its outcome.
 */
public final class Attributor implements Serializable {
  private final Ensemble ensemble;
  private final FeatureStore features;
  private final ScoringEngine.Request request;
  private final TargetDraws draws;
  private final StepWeights weights;

  private Attributor(
      Ensemble ensemble,
      FeatureStore features,
      ScoringEngine.Request request,
      TargetDraws draws,
      StepWeights weights) {
    this.weights = weights;
    this.ensemble = ensemble;
    this.features = features;
    this.request = request;
    this.draws = draws;
  }

  /**
   * Returns one with the default settings, one worker thread per core, and the first estimator that
   * the features serve. The checkpoints asked are those of the features: the ensemble may have
   * grown since.
   *
   * @throws JourneyException if the features were made with other checkpoints
   */
  public static Attributor of(Ensemble ensemble, FeatureStore features) {
    if (!ensemble.checkpointNames().containsAll(features.checkpointNames())) {
      throw new JourneyException(
          "The features have the checkpoints "
              + features.checkpointNames()
              + ", "
              + ensemble.directory()
              + " has "
              + ensemble.checkpointNames()
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
    Estimator estimator = Estimators.defaultFor(features);
    return new Attributor(
        ensemble,
        features,
        new ScoringEngine.Request(estimator, Damping.DEFAULT),
        new TargetDraws(TargetDraws.DEFAULT, 0, List.of()),
        null);
  }

  private Attributor with(ScoringEngine.Request other) {
    return new Attributor(ensemble, features, other, draws, weights);
  }

  private Attributor with(TargetDraws other) {
    return new Attributor(ensemble, features, request, other, weights);
  }

  /**
   * Returns the same scored by another estimator.
   *
   * @throws JourneyException if it needs other features
   */
  public Attributor withEstimator(Estimator other) {
    ScoringEngine.requireServed(features, other);
    return with(new ScoringEngine.Request(other, request.damping()));
  }

  /** Returns the same with damping c, which estimators without damping do not use. */
  public Attributor withDamping(double c) {
    return with(new ScoringEngine.Request(request.estimator(), new Damping(c)));
  }

  /** Returns the same with k' draws of noise for each step of a target. */
  public Attributor withDraws(int k) {
    return with(new TargetDraws(k, draws.seed(), draws.masks()));
  }

  /** Returns the same with another seed of the targets' noise. */
  public Attributor withSeed(long other) {
    return with(new TargetDraws(draws.draws(), other, draws.masks()));
  }

  /** Returns the same for a patch of the image; null: the whole image. */
  public Attributor withMask(PixelMask other) {
    return with(new TargetDraws(draws.draws(), draws.seed(), other));
  }

  /**
   * Returns the same for several parts of every target, each a target of its own: all parts of the
   * first, then of the second.
   *
   * @param parts one or more; a null among them: the whole image
   */
  public Attributor withMasks(List<PixelMask> parts) {
    return with(new TargetDraws(draws.draws(), draws.seed(), parts));
  }

  /**
   * Returns the same with scores of the whole trajectory beside those of single steps.
   *
   * @param overSteps of the steps that are attributed, for each target, or each part of one
   */
  public Attributor withOverSteps(StepWeights overSteps) {
    return new Attributor(ensemble, features, request, draws, overSteps);
  }

  /** Returns the same for targets in parts. */
  private Attributor ofParts(int targets) {
    return with(draws.ofParts(targets));
  }

  /** Attributes one target, in memory. */
  public Attribution attribute(Trajectory target, Timesteps steps, RunContext context) {
    return attribute(List.of(target), steps, context);
  }

  /** Attributes targets, in memory. */
  public Attribution attribute(List<Trajectory> whole, Timesteps steps, RunContext context) {
    return ofParts(whole.size()).inMemory(draws.inParts(whole), steps, context);
  }

  private Attribution inMemory(List<Trajectory> targets, Timesteps steps, RunContext context) {
    int[] at = steps.among(targets.get(0).timesteps());
    check(targets, at);
    MeanScores mean = new MeanScores(at.length * targets.size());
    for (String member : features.checkpointNames()) {
      try (CheckpointScorer scorer = engine(context).open(member)) {
        scorer.score(targets, at, draws, (r, query, scored) -> mean.add(query, scored.scores()));
      }
    }
    float[][] scores = mean.over(features.checkpointNames().size());
    return Attribution.inMemory(
        features.examples(),
        at,
        targets.size(),
        (step, target) -> scores[step * targets.size() + target].clone());
  }

  /** Returns the stage that attributes targets, checkpoint by checkpoint. */
  public Stage<Attribution> stage(List<Trajectory> targets, Timesteps steps) {
    return asked(targets, steps);
  }

  private AttributionStage asked(List<Trajectory> targets, Timesteps steps) {
    return new AttributionStage(
        new FeatureScores(ofParts(targets.size())),
        draws.inParts(targets),
        steps.among(targets.get(0).timesteps()));
  }

  /**
   * Returns the stage that keeps the strongest training images alone, in memory that does not
   * depend on how many images there are, but for their names.
   *
   * @param kept images at each end of a ranking, at least 1 and at most all; of the upper end those
   *     with positive scores are told, of the lower those with negative ones
   */
  public Stage<Strongest> strongest(List<Trajectory> targets, Timesteps steps, int kept) {
    if (weights != null) {
      throw new SettingException(
          "the score over steps is a mean of an image's scores at all of them, and an image that is"
              + " among the strongest at one step is not kept at another: leave --over-steps or"
              + " --strongest out");
    }
    if (kept < 1) {
      throw new SettingException("at least one of the strongest images is kept, got " + kept);
    }
    if (kept > features.size()) {
      throw new SettingException(
          "strongest "
              + kept
              + " asks for more than there are, "
              + Counted.of(features.size(), "training images")
              + ": ask for fewer, or leave it out to keep all scores");
    }
    return new StrongestStage(
        ofParts(targets.size()), asked(targets, steps), kept, StrongestStage.BLOCK);
  }

  /** Refuses estimators whose scores cannot be computed for some images at a time. */
  void requireLinear() {
    Estimator estimator = request.estimator();
    if (!estimator.isLinear()) {
      throw new JourneyException(
          "The scores by "
              + estimator.name()
              + " are no products of features, which keeping the strongest images alone needs: use"
              + " another estimator, or keep all scores.");
    }
    for (String member : features.checkpointNames()) {
      if (estimator.needs().damped() && features.size() < features.dim(member)) {
        throw new JourneyException(
            features.manifest().directory()
                + " has "
                + Counted.of(features.size(), "images")
                + " and features of "
                + features.dim(member)
                + " numbers: for so few images keep all scores.");
      }
    }
  }

  /** Everything that can be wrong is found before the work begins. */
  void check(List<Trajectory> targets, int[] steps) {
    checkTargets(targets, steps);
    if (weights != null
        && (!Arrays.equals(weights.steps(), steps)
            || weights.ofTargets().length != targets.size())) {
      throw new SettingException(
          "the weights are of "
              + Counted.of(weights.ofTargets().length, "targets")
              + " at the steps "
              + Arrays.toString(weights.steps())
              + ", there are "
              + targets.size()
              + " at "
              + Arrays.toString(steps));
    }
    ScoringEngine.requirePossible(features, List.of(request));
    for (String member : features.checkpointNames()) {
      try (Checkpoint checkpoint = TargetGradients.load(ensemble, features, member)) {
        requireAsked(checkpoint, targets, steps);
      }
    }
  }

  /** Refuses targets and steps that a checkpoint cannot be asked about. */
  static void requireAsked(Checkpoint checkpoint, List<Trajectory> targets, int[] steps) {
    int last = steps[steps.length - 1];
    if (last >= checkpoint.schedule().steps()) {
      throw new JourneyException(
          String.format(
              "%s knows steps below %d, the target has step %d: sample it again.",
              checkpoint.name(), checkpoint.schedule().steps(), last));
    }
    checkpoint.schedule().requireEstimable(last);
    requireTaken(checkpoint, targets);
    checkpoint.inputs().requireTimesteps(steps);
  }

  /** Pictures from elsewhere may be asked about under the class that stands for none. */
  private static void requireTaken(Checkpoint checkpoint, List<Trajectory> targets) {
    OptionalInt nullClass = checkpoint.classNames().nullClass();
    List<Condition> conditions = new ArrayList<>();
    for (Trajectory target : targets) {
      if (!target.isDrawn() && !target.shape().equals(checkpoint.model().shape())) {
        throw new JourneyException(
            target.file()
                + " has the shape "
                + target.shape()
                + ", "
                + checkpoint.name()
                + " takes "
                + checkpoint.model().shape()
                + ": bring it to that shape.");
      }
      if (target.isDrawn()
          || nullClass.isEmpty()
          || !target.condition().classNumber().equals(nullClass)) {
        conditions.add(target.condition());
      }
    }
    checkpoint.inputs().requireConditions(conditions);
  }

  private void checkTargets(List<Trajectory> targets, int[] steps) {
    List<String> known = new ArrayList<>();
    features.checkpointNames().forEach(m -> known.add(features.checkpointFingerprint(m)));
    for (Trajectory target : targets) {
      if (target.isDrawn() && !ensemble.isOfParts() && !known.contains(target.modelFingerprint())) {
        throw new JourneyException(
            "The target was sampled from the checkpoint "
                + shorten(target.modelFingerprint())
                + ", which "
                + features.manifest().directory()
                + " has no features of, only of "
                + Counted.of(known.size(), "checkpoints")
                + ": sample it with one of these, or featurize with that one.");
      }
      for (int step : steps) {
        target.indexOf(step);
      }
    }
  }

  static String shorten(String fingerprint) {
    return fingerprint.length() > 12 ? fingerprint.substring(0, 12) + "…" : fingerprint;
  }

  ScoringEngine engine(RunContext context) {
    return new ScoringEngine(ensemble, features, List.of(request), context);
  }

  Record settings(int[] steps, Integer strongest) {
    return AttributionSettings.of(request.estimator().name(), draws, steps, weights)
        .withDamping(request.estimator().needs().damped() ? request.damping().c() : null)
        .withStrongest(strongest);
  }

  /** The weights of steps; null: there are no scores of the whole trajectory. */
  StepWeights weights() {
    return weights;
  }

  FeatureStore features() {
    return features;
  }

  Ensemble ensemble() {
    return ensemble;
  }

  /** What the gradients of targets are averaged over, and the part of each target. */
  TargetDraws draws() {
    return draws;
  }
}
