package io.journey.score;

import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Scores targets by estimators, one checkpoint at a time. Attributions and checks of estimators
 * take their scores from here, so that what is checked is what is shown.
 *
 * @param ensemble the checkpoints the features were made with
 * @param features of the training images
 * @param requests what is wanted
 * @param context does the work
 */
public record ScoringEngine(
    Ensemble ensemble, FeatureStore features, List<Request> requests, RunContext context) {
  /**
   * Scores that are wanted.
   *
   * @param damping without meaning for estimators that have none
   */
  public record Request(Estimator estimator, Damping damping) implements Serializable {}

  /**
   * Scores of one target at one step.
   *
   * @param scores of all examples, [N]
   * @param even the part of the scores from even places of features, [N]; null where scores are no
   *     sums over places of random projections
   * @param measurement f, of which the target's gradient was taken
   */
  public record Scored(float[] scores, float[] even, float measurement) {}

  /** Receives scores. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param request the place of the request
     * @param query s·T + j for step s and target j
     */
    void accept(int request, int query, Scored scored);
  }

  public ScoringEngine {
    requests = List.copyOf(requests);
  }

  /**
   * Refuses requests that features cannot serve, before work is spent on others.
   *
   * @throws JourneyException saying what an estimator needs and the features have
   */
  public static void requirePossible(FeatureStore features, List<Request> requests) {
    for (Request request : requests) {
      requireServed(features, request.estimator());
      FeatureRequirement needs = request.estimator().needs();
      for (String member : features.checkpointNames()) {
        FeatureRows rows = FeatureRows.of(features, member); // Finds a damaged file, too.
        if (needs.damped()) {
          DampedSolver.requirePossible(rows.name(), rows.size(), rows.dim(), request.damping());
        }
      }
    }
  }

  /** Refuses features of another function or preconditioner than an estimator needs. */
  static void requireServed(FeatureStore features, Estimator estimator) {
    FeatureRequirement needs = estimator.needs();
    if (!needs.isServedBy(features)) {
      throw new JourneyException(
          estimator.name()
              + " needs features of "
              + needs.options()
              + ", "
              + features.manifest().directory()
              + " has those of "
              + FeatureRequirement.options(features.function(), features.preconditioner())
              + ": featurize anew.");
    }
    if (needs.residuals() && !features.hasResiduals()) {
      throw new JourneyException(
          estimator.name()
              + " needs the residuals of training images, which "
              + features.manifest().directory()
              + " lacks: featurize with --function mean.");
    }
  }

  /**
   * Refuses targets and steps that checkpoints cannot be asked about, and drawings of others, which
   * only checkpoints of parts of the images answer for.
   *
   * @param members names of the checkpoints
   * @param steps t, rising
   * @throws JourneyException saying which
   */
  public static void requireAsked(
      Ensemble ensemble, List<String> members, List<Trajectory> targets, int[] steps) {
    Set<String> known = new HashSet<>();
    for (String member : members) {
      try (Checkpoint checkpoint = ensemble.load(member)) {
        known.add(checkpoint.fingerprint());
        Attributor.requireAsked(checkpoint, targets, steps);
      }
    }
    for (Trajectory target : targets) {
      if (target.isDrawn() && !ensemble.isOfParts() && !known.contains(target.modelFingerprint())) {
        throw new JourneyException(
            "A target was sampled from the checkpoint "
                + Attributor.shorten(target.modelFingerprint())
                + ", which is not in "
                + ensemble.directory()
                + ": sample it with one of its checkpoints.");
      }
    }
  }

  /**
   * Opens a checkpoint with its features, which answers any number of questions; the caller closes
   * it.
   */
  public CheckpointScorer open(String member) {
    boolean residuals = requests.stream().anyMatch(r -> r.estimator().needs().residuals());
    return new CheckpointScorer(
        requests,
        TargetGradients.open(ensemble, features, member, context),
        new TrainingFeatures(
            FeatureRows.of(features, member),
            residuals ? features.residuals(member) : null,
            context));
  }
}
