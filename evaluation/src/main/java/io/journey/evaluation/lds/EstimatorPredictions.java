package io.journey.evaluation.lds;

import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.results.lds.Prediction;
import io.journey.results.lds.Truth;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.score.CheckpointScorer;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.FeatureRequirement;
import io.journey.score.MeanScores;
import io.journey.score.ScoringEngine;
import io.journey.score.TargetDraws;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The predictions of estimators for a truth, checkpoint by checkpoint, with every damping of a
 * sweep. The scores are those of {@link ScoringEngine}, to the last bit what {@code journey
 * attribute} writes with the same draws.
 *
 * @param ensemble the checkpoints
 * @param targets those of the truth
 * @param truth what is predicted
 * @param draws of noise for each step of a target
 * @param dampings c to try
 * @param context does the work
 */
record EstimatorPredictions(
    Ensemble ensemble,
    List<Trajectory> targets,
    Truth truth,
    int draws,
    double[] dampings,
    RunContext context) {
  /** One estimator with the dampings it is tried with, and the places of its requests. */
  private record Tried(Estimator estimator, double[] dampings, int first) {}

  /**
   * Returns the predictions of all estimators that features of this kind serve.
   *
   * @param estimators those asked for
   * @param features one store
   * @param suffix of the names, to tell several stores of one kind apart
   */
  List<Prediction> predict(List<Estimator> estimators, FeatureStore features, String suffix) {
    List<Tried> tried = new ArrayList<>();
    List<ScoringEngine.Request> requests = new ArrayList<>();
    for (Estimator estimator : estimators) {
      if (estimator.needs().isServedBy(features)) {
        double[] own = estimator.needs().damped() ? dampings : new double[] {1};
        tried.add(new Tried(estimator, own, requests.size()));
        for (double c : own) {
          requests.add(new ScoringEngine.Request(estimator, new Damping(c)));
        }
      }
    }
    if (tried.isEmpty()) {
      throw new JourneyException(
          features.manifest().directory()
              + " has features of "
              + features.function()
              + " with preconditioner "
              + features.preconditioner()
              + ", which no estimator asked for can use.");
    }
    List<float[][]> scores = scores(features, requests);
    double inFeatures = features.preconditioner().damping();
    return tried.stream().map(one -> prediction(one, scores, suffix, inFeatures)).toList();
  }

  /** Returns the mean scores of each request over checkpoints, [steps·targets][N]. */
  private List<float[][]> scores(FeatureStore features, List<ScoringEngine.Request> requests) {
    TargetDraws asked = new TargetDraws(draws, 0, List.of());
    ScoringEngine engine = new ScoringEngine(ensemble, features, requests, context);
    List<String> members = attributed(features);
    List<MeanScores> means = new ArrayList<>();
    requests.forEach(r -> means.add(new MeanScores(truth.steps().length * targets.size())));
    for (String member : members) {
      try (CheckpointScorer scorer = engine.open(member)) {
        scorer.score(
            targets,
            truth.steps(),
            asked,
            (request, query, scored) -> means.get(request).add(query, scored.scores()));
      }
    }
    return means.stream().map(mean -> mean.over(members.size())).toList();
  }

  /** All checkpoints, or those whose own seeds the ground truth has. */
  private List<String> attributed(FeatureStore features) {
    List<String> all = features.checkpointNames();
    if (truth.checkpoints() == 0) {
      return all;
    }
    List<String> own =
        IntStream.range(0, truth.checkpoints()).mapToObj(Ensemble::checkpointName).toList();
    if (!all.containsAll(own)) {
      throw new JourneyException(
          features.manifest().directory()
              + " lacks features of some of the "
              + Counted.of(truth.checkpoints(), "checkpoints")
              + " whose seeds the ground truth has: featurize them too.");
    }
    return own;
  }

  /**
   * Returns the predictions of scores.
   *
   * @param inFeatures the damping inside the features, for estimators that have no other
   */
  private Prediction prediction(
      Tried tried, List<float[][]> scores, String suffix, double inFeatures) {
    double[][][][] out = new double[tried.dampings.length][truth.steps().length][][];
    for (int d = 0; d < out.length; d++) {
      float[][] ofDamping = scores.get(tried.first + d);
      for (int s = 0; s < out[d].length; s++) {
        out[d][s] = new double[targets.size()][];
        for (int t = 0; t < targets.size(); t++) {
          out[d][s][t] = truth.predictions(ofDamping[s * targets.size() + t]);
        }
      }
    }
    FeatureRequirement needs = tried.estimator.needs();
    boolean preconditioned = needs.preconditioner() != PreconditionerConfig.Kind.NONE;
    double[] told =
        needs.damped()
            ? tried.dampings.clone()
            : new double[] {preconditioned ? inFeatures : Double.NaN};
    return new Prediction(tried.estimator.name() + suffix, told, out);
  }
}
