package io.journey.evaluation.lds;

import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.ModelOutput;
import io.journey.diffusion.StepDistribution;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import io.journey.score.Estimator;
import io.journey.score.FeatureRows;
import io.journey.score.TargetGradients;
import java.util.ArrayList;
import java.util.List;

/**
 * What estimators predict for the subsets of a ground truth, checkpoint by checkpoint, with every
 * damping of a sweep. Estimators of the same features share their decomposition and the gradients
 * of targets.
 *
 * @param ensemble the checkpoints
 * @param data the training images
 * @param targets the targets of the ground truth
 * @param truth the ground truth
 * @param draws of noise for each step of a target
 * @param dampings c to try
 * @param workers do the work
 * @param progress told of it
 */
record EstimatorPredictions(
    Ensemble ensemble,
    Dataset data,
    List<Trajectory> targets,
    GroundTruth truth,
    int draws,
    double[] dampings,
    Workers workers,
    Progress progress) {
  /** Draws of the loss of a training image that its residual is taken from. */
  private static final int RESIDUAL_DRAWS = 20;

  /** Scores of a step's targets, averaged over checkpoints. */
  private static final class Sums {
    private final Estimator estimator;
    private final String name;
    private final double[][][][] scores; // [dampings][steps][targets][N]

    Sums(Estimator estimator, String name, int dampings, int steps, int targets, int size) {
      this.estimator = estimator;
      this.name = name;
      this.scores = new double[dampings][steps][targets][size];
    }
  }

  /**
   * The predictions of all estimators that features of this kind serve.
   *
   * @param estimators those asked for
   * @param features one store
   * @param suffix of the names, to tell several stores of one kind apart
   */
  List<Prediction> of(List<Estimator> estimators, FeatureStore features, String suffix) {
    List<Estimator> served = estimators.stream().filter(e -> e.fits(features)).toList();
    if (served.isEmpty()) {
      throw new JourneyException(
          features.manifest().directory()
              + " has features of "
              + features.function()
              + " with preconditioner "
              + features.preconditioner()
              + ", which no estimator asked for can use.");
    }
    List<Sums> sums = new ArrayList<>();
    for (Estimator estimator : served) {
      int tried = estimator.damped() ? dampings.length : 1;
      int steps = estimator.target() == Estimator.Target.AVERAGED ? 1 : truth.steps().length;
      sums.add(
          new Sums(
              estimator, estimator.name() + suffix, tried, steps, targets.size(), features.size()));
    }
    for (String member : features.members()) {
      add(sums, features, member);
    }
    double own = features.preconditioner().damping();
    return sums.stream().map(one -> prediction(one, own)).toList();
  }

  private void add(List<Sums> sums, FeatureStore features, String member) {
    TargetGradients gradients =
        new TargetGradients(ensemble, features, draws, 0, null, workers, progress);
    List<Estimator> estimators = sums.stream().map(s -> s.estimator).toList();
    boolean needed = estimators.stream().anyMatch(e -> e.output() == ModelOutput.MEAN);
    double[] residuals = needed ? residuals(gradients, member) : null;
    try (Estimator.Features known =
        Estimator.Features.of(FeatureRows.of(features, member), estimators, residuals, workers)) {
      Estimator.Query[] atSteps = null;
      Estimator.Query[] averaged = null;
      for (Sums one : sums) {
        boolean average = one.estimator.target() == Estimator.Target.AVERAGED;
        if (average && averaged == null) {
          averaged = known.queries(gradients.averaged(member, targets).features(), workers);
        } else if (!average && atSteps == null) {
          atSteps =
              known.queries(gradients.atSteps(member, targets, truth.steps()).features(), workers);
        }
        add(one, known, average ? averaged : atSteps, features.members().size());
      }
    }
  }

  private void add(Sums sums, Estimator.Features known, Estimator.Query[] queries, int members) {
    workers.forEach(
        queries.length,
        q -> {
          for (int d = 0; d < sums.scores.length; d++) {
            double lambda = known.lambda(dampings[d]);
            double[] scores = sums.estimator.scores(known, queries[q], lambda);
            double[] to = sums.scores[d][q / targets.size()][q % targets.size()];
            for (int i = 0; i < to.length; i++) {
              to[i] += scores[i] / members;
            }
          }
        });
  }

  /**
   * What sums of scores predict.
   *
   * @param own the damping inside the features, for estimators that have no other
   */
  private Prediction prediction(Sums sums, double own) {
    int steps = truth.steps().length;
    double[][][][] out = new double[sums.scores.length][steps][targets.size()][];
    for (int d = 0; d < out.length; d++) {
      for (int s = 0; s < steps; s++) {
        double[][] ofStep = sums.scores[d][Math.min(s, sums.scores[d].length - 1)];
        for (int t = 0; t < targets.size(); t++) {
          out[d][s][t] = truth.predictions(ofStep[t]);
        }
      }
    }
    double inFeatures = sums.estimator.preconditioned() ? own : Double.NaN;
    boolean damped = sums.estimator.damped();
    return new Prediction(sums.name, damped ? dampings.clone() : new double[] {inFeatures}, out);
  }

  /** The root of the mean squared error of each training image, [N]. */
  private double[] residuals(TargetGradients gradients, String member) {
    double[] residuals = new double[data.size()];
    try (Checkpoint checkpoint = gradients.load(member)) {
      Seed seed = Seed.of(0).child("residuals").child(member);
      StepDistribution steps = StepDistribution.uniform(checkpoint.schedule().steps());
      workers.forEach(
          data.size(),
          i -> {
            float[] image = new float[data.shape().numel()];
            data.read(i, image, 0);
            DenoisingDraws asked =
                DenoisingDraws.stratified(image, data.condition(i), steps, seed, RESIDUAL_DRAWS);
            residuals[i] = Math.sqrt(checkpoint.losses(List.of(asked))[0]);
          });
    }
    return residuals;
  }
}
