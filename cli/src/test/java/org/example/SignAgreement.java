package org.example;

import io.journey.diffusion.OutputFunction;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.FeatureRequirement;
import io.journey.score.Scorer;
import io.journey.score.TrainingFeatures;

/** The share of numbers that have one sign in a training image's feature and in the target's. */
public final class SignAgreement implements Estimator {
  @Override
  public String name() {
    return "sign-agreement";
  }

  @Override
  public FeatureRequirement needs() {
    return FeatureRequirement.of(OutputFunction.LOSS);
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    return targets -> {
      double[][] scores = new double[targets.count()][features.size()];
      float[] row = new float[features.dim()];
      for (int i = 0; i < features.size(); i++) {
        features.rows().read(i, 0, row.length, row, 0);
        for (int q = 0; q < scores.length; q++) {
          float[] target = targets.gradients()[q];
          for (int j = 0; j < row.length; j++) {
            scores[q][i] += row[j] * target[j] > 0 ? 1.0 / row.length : 0;
          }
        }
      }
      return scores;
    };
  }
}
