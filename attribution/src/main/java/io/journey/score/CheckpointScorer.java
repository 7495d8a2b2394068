package io.journey.score;

import io.journey.sampling.Trajectory;
import io.journey.score.ScoringEngine.Request;
import io.journey.score.ScoringEngine.Scored;
import io.journey.score.ScoringEngine.Sink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Scores of targets by one checkpoint. It keeps what does not depend on targets: the model, the
 * decomposition of features, prepared scorers. A second question costs gradients and products
 * alone.
 */
public final class CheckpointScorer implements AutoCloseable {
  /** The gradients of some targets take at most this much at once, or one target more. */
  private static final long TARGET_BYTES = 128L << 20;

  private final List<Request> requests;
  private final TargetGradients gradients;
  private final TrainingFeatures features;
  private final Map<Request, Scorer> scorers = new HashMap<>();

  CheckpointScorer(List<Request> requests, TargetGradients gradients, TrainingFeatures features) {
    this.requests = requests;
    this.gradients = gradients;
    this.features = features;
  }

  /** Scores targets at steps, some targets at a time where features are long. */
  public void score(List<Trajectory> targets, int[] steps, Sink sink) {
    long bytes = (long) Float.BYTES * steps.length * features.dim();
    score(targets, steps, (int) Math.max(1, Math.min(targets.size(), TARGET_BYTES / bytes)), sink);
  }

  /**
   * Scores targets at steps.
   *
   * @param together targets whose gradients are in memory at once
   */
  void score(List<Trajectory> targets, int[] steps, int together, Sink sink) {
    for (FeatureRequirement.Target kind : FeatureRequirement.Target.values()) {
      List<Integer> wanted = wanted(kind);
      for (int from = 0; from < targets.size() && !wanted.isEmpty(); from += together) {
        int to = Math.min(targets.size(), from + together);
        score(kind, wanted, targets, from, to, steps, sink);
      }
    }
  }

  /** Returns the places of requests for a gradient, those of one damping together. */
  private List<Integer> wanted(FeatureRequirement.Target kind) {
    return IntStream.range(0, requests.size())
        .filter(r -> requests.get(r).estimator().needs().target() == kind)
        .boxed()
        .sorted(Comparator.comparingDouble(r -> requests.get(r).damping().c()))
        .toList();
  }

  private void score(
      FeatureRequirement.Target kind,
      List<Integer> wanted,
      List<Trajectory> targets,
      int from,
      int to,
      int[] steps,
      Sink sink) {
    TargetGradients.OfTargets found = gradients.of(kind, targets.subList(from, to), from, steps);
    TargetFeatures asked = features.targets(found.features());
    int some = to - from;
    for (int request : wanted) {
      Scorer scorer =
          scorers.computeIfAbsent(
              requests.get(request), r -> r.estimator().prepare(features, r.damping()));
      double[][] scores = scorer.scores(asked);
      double[][] even = gradients.isProjected() ? scorer.even(asked) : null;
      for (int q = 0; q < scores.length; q++) {
        float[] part = even == null ? null : floats(even[q]);
        Scored scored = new Scored(floats(scores[q]), part, found.measurements()[q]);
        for (int s : stepsOf(kind, q / some, steps.length)) {
          sink.accept(request, s * targets.size() + from + q % some, scored);
        }
      }
    }
  }

  private static List<Integer> stepsOf(FeatureRequirement.Target kind, int step, int steps) {
    List<Integer> of = new ArrayList<>();
    for (int s = 0; s < steps; s++) {
      if (kind == FeatureRequirement.Target.AVERAGED || s == step) {
        of.add(s);
      }
    }
    return of;
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  @Override
  public void close() {
    gradients.close();
    features.close();
  }
}
