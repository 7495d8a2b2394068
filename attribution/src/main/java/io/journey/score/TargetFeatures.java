package io.journey.score;

import io.journey.score.FeatureProducts.Halves;
import java.util.Arrays;

/**
 * The features of Q targets, for estimators: their gradients, and products with those of training
 * images.
 */
public final class TargetFeatures {
  /** Scores by plain products Φg. */
  static final Scorer PRODUCTS =
      new Scorer() {
        @Override
        public double[][] scores(TargetFeatures targets) {
          return targets.products();
        }

        @Override
        public double[][] even(TargetFeatures targets) {
          return targets.halves().even();
        }

        @Override
        public double[][] weights(TargetFeatures targets) {
          return FeatureProducts.doubles(targets.gradients);
        }
      };

  private final TrainingFeatures training;
  private final float[][] gradients;
  private Halves halves;

  TargetFeatures(TrainingFeatures training, float[][] gradients) {
    this.training = training;
    this.gradients = gradients;
  }

  /** Returns g of each target, [Q][k]. */
  public float[][] gradients() {
    return gradients;
  }

  /** Returns Q. */
  public int count() {
    return gradients.length;
  }

  /** Returns ‖g‖ of each target, [Q]. */
  public double[] norms() {
    return Arrays.stream(gradients).mapToDouble(TargetFeatures::norm).toArray();
  }

  static double norm(float[] feature) {
    double sum = 0;
    for (float value : feature) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /** Returns Φg of each target, [Q][N]. */
  public double[][] products() {
    return halves().sum();
  }

  private Halves halves() {
    if (halves == null) {
      halves =
          FeatureProducts.of(
              training.rows(), FeatureProducts.doubles(gradients), training.workers());
    }
    return halves;
  }

  /** Gives a factor for target {@code q} and image {@code i}. */
  @FunctionalInterface
  public interface Factor {
    double of(int q, int i);
  }

  /**
   * Returns scores, each times its factor.
   *
   * @param scores [Q][N], which are not changed
   */
  public double[][] scaled(double[][] scores, Factor factor) {
    double[][] out = new double[scores.length][];
    training
        .workers()
        .forEach(
            scores.length,
            q -> {
              out[q] = scores[q].clone();
              for (int i = 0; i < out[q].length; i++) {
                out[q][i] *= factor.of(q, i);
              }
            });
    return out;
  }
}
