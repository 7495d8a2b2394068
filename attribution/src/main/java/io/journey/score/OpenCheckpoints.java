package io.journey.score;

import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.score.ScoringEngine.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All checkpoints of features, kept open to answer one question after the other: models, paths of
 * gradients, and what estimators derive from features, are loaded once. Any thread may ask; one at
 * a time may {@link Refinement#advance} an answer, whichever it is. Its owner closes it.
 */
public final class OpenCheckpoints implements AutoCloseable {
  private final List<Request> requests;
  private final List<CheckpointScorer> scorers = new ArrayList<>();
  private final RunContext context;

  private OpenCheckpoints(List<Request> requests, RunContext context) {
    this.requests = requests;
    this.context = context;
  }

  /**
   * Opens them.
   *
   * @param targets that will be asked about, at any of their steps
   * @throws JourneyException if features, checkpoints and targets do not belong together
   */
  public static OpenCheckpoints open(
      Ensemble ensemble, FeatureStore features, List<Trajectory> targets, RunContext context) {
    Attributor.of(ensemble, features).check(targets, rising(targets.get(0).timesteps()));
    List<Request> requests = new ArrayList<>();
    for (Estimator estimator : Estimators.all()) {
      Request request = new Request(estimator, Damping.DEFAULT);
      if (isPossible(features, request)) {
        requests.add(request);
      }
    }
    OpenCheckpoints opened = new OpenCheckpoints(List.copyOf(requests), context);
    ScoringEngine engine = new ScoringEngine(ensemble, features, requests, context);
    try {
      features.checkpointNames().forEach(member -> opened.scorers.add(engine.open(member)));
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private static int[] rising(int[] falling) {
    int[] rising = falling.clone();
    Arrays.sort(rising);
    return rising;
  }

  private static boolean isPossible(FeatureStore features, Request request) {
    if (!request.estimator().needs().isServedBy(features)) {
      return false;
    }
    try {
      ScoringEngine.requirePossible(features, List.of(request));
      return true;
    } catch (JourneyException e) {
      return false; // It needs residuals, or a matrix too large.
    }
  }

  /**
   * Returns the estimators that the features serve, the default first, at their default damping.
   */
  public List<Estimator> estimators() {
    return requests.stream().map(Request::estimator).toList();
  }

  /**
   * Begins an answer; nothing is computed yet.
   *
   * @param estimator one of {@link #estimators()}
   * @param step t, a step of the target
   * @param asked the draws, and the part of the target
   * @throws JourneyException if the target has no such step
   */
  public Refinement ask(Estimator estimator, Trajectory target, int step, TargetDraws asked) {
    target.indexOf(step);
    Request request =
        requests.stream()
            .filter(r -> r.estimator().name().equals(estimator.name()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("not served: " + estimator.name()));
    return new Refinement(
        scorers.stream().map(scorer -> scorer.refine(request, target, step, asked)).toList(),
        context.workers());
  }

  @Override
  public void close() {
    scorers.forEach(CheckpointScorer::close);
    scorers.clear();
  }
}
