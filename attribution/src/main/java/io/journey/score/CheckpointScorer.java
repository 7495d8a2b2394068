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
import java.util.function.IntFunction;
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

  /**
   * Scores targets at steps, some targets at a time where features are long.
   *
   * @param asked what gradients of targets are averaged over, and the part of each target
   */
  public void score(List<Trajectory> targets, int[] steps, TargetDraws asked, Sink sink) {
    score(targets, steps, asked, together(targets, steps), sink);
  }

  private int together(List<Trajectory> targets, int[] steps) {
    long bytes = (long) Float.BYTES * steps.length * features.dim();
    return (int) Math.max(1, Math.min(targets.size(), TARGET_BYTES / bytes));
  }

  /**
   * Scores targets at steps.
   *
   * @param together targets whose gradients are in memory at once
   */
  void score(List<Trajectory> targets, int[] steps, TargetDraws asked, int together, Sink sink) {
    answer(
        targets,
        steps,
        asked,
        together,
        (scorer, of, measurements) -> {
          double[][] scores = scorer.scores(of);
          double[][] even = gradients.isProjected() ? scorer.even(of) : null;
          return q ->
              new Scored(floats(scores[q]), even == null ? null : floats(even[q]), measurements[q]);
        },
        sink::accept);
  }

  /**
   * Computes what the scores of targets at steps are products with, of requests that are linear.
   *
   * @param sink takes {@link Scorer#weights} of each
   */
  void weights(
      List<Trajectory> targets, int[] steps, TargetDraws asked, AnswerSink<double[]> sink) {
    answer(
        targets,
        steps,
        asked,
        together(targets, steps),
        (scorer, of, measurements) -> {
          double[][] weights = scorer.weights(of);
          return q -> weights[q];
        },
        sink);
  }

  /** Answers of a scorer, by the numbers of the queries it is asked at once. */
  private interface Answer<T> {
    IntFunction<T> of(Scorer scorer, TargetFeatures asked, float[] measurements);
  }

  /** Receives answers as {@link Sink} does scores. */
  interface AnswerSink<T> {
    void accept(int request, int query, T answer);
  }

  private <T> void answer(
      List<Trajectory> targets,
      int[] steps,
      TargetDraws draws,
      int together,
      Answer<T> answer,
      AnswerSink<T> sink) {
    for (FeatureRequirement.Target kind : FeatureRequirement.Target.values()) {
      List<Integer> wanted = wanted(kind);
      for (int from = 0; from < targets.size() && !wanted.isEmpty(); from += together) {
        int first = from;
        int some = Math.min(targets.size(), from + together) - from;
        TargetGradients.OfTargets found =
            gradients.of(kind, targets.subList(from, from + some), from, steps, draws);
        TargetFeatures asked = features.targets(found.features());
        for (int request : wanted) {
          Scorer scorer = scorer(requests.get(request));
          IntFunction<T> answers = answer.of(scorer, asked, found.measurements());
          for (int q = 0; q < asked.count(); q++) {
            T one = answers.apply(q);
            for (int s : stepsOf(kind, q / some, steps.length)) {
              sink.accept(request, s * targets.size() + first + q % some, one);
            }
          }
        }
      }
    }
  }

  private Scorer scorer(Request request) {
    return scorers.computeIfAbsent(request, r -> r.estimator().prepare(features, r.damping()));
  }

  /** Begins the answer of one of the requests, about one target at one step. */
  CheckpointRefinement refine(Request request, Trajectory target, int step, TargetDraws asked) {
    return new CheckpointRefinement(
        gradients, features, () -> scorer(request), request.estimator(), target, step, asked);
  }

  /** Returns the places of requests for a gradient, those of one damping together. */
  private List<Integer> wanted(FeatureRequirement.Target kind) {
    return IntStream.range(0, requests.size())
        .filter(r -> requests.get(r).estimator().needs().target() == kind)
        .boxed()
        .sorted(Comparator.comparingDouble(r -> requests.get(r).damping().c()))
        .toList();
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

  static float[] floats(double[] values) {
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
