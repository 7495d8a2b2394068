package io.journey.results;

import io.journey.array.Npy;
import io.journey.statistics.Moments;
import java.util.Arrays;
import java.util.List;

/**
 * The scores of one target in standard deviations of all scores of their step, so that steps can be
 * added: of the mean over checkpoints and, in the same units, of each checkpoint.
 *
 * @param scores [S + 1, N]: of each step, last their mean over steps, weighed as the attribution
 *     weighs steps, or equally
 * @param checkpoints the same of each, [M, S + 1, N]; none where there are fewer than two
 */
public record StandardScores(float[][] scores, float[][][] checkpoints) {
  /** Reads those of a target. */
  public static StandardScores of(Attribution attribution, int target) {
    int steps = attribution.steps().length;
    int n = attribution.size();
    float[][] scores = new float[steps + 1][];
    List<Npy> kept =
        attribution.checkpointNames().stream().map(attribution::checkpointScores).toList();
    float[][][] checkpoints = new float[kept.size() < 2 ? 0 : kept.size()][steps + 1][];
    for (int s = 0; s < steps; s++) {
      float[] row = attribution.scores(s, target);
      double deviation = Moments.of(row).deviation();
      scores[s] = divided(row, deviation);
      for (int m = 0; m < checkpoints.length; m++) {
        float[] own = new float[n];
        kept.get(m).read(((long) s * attribution.targets() + target) * n, own, 0, n);
        checkpoints[m][s] = divided(own, deviation);
      }
    }
    double[] weights = weights(attribution, target);
    scores[steps] = mean(scores, weights);
    for (float[][] checkpoint : checkpoints) {
      checkpoint[steps] = mean(checkpoint, weights);
    }
    return new StandardScores(scores, checkpoints);
  }

  /** Returns the weight of each step, [S]. */
  private static double[] weights(Attribution attribution, int target) {
    int steps = attribution.steps().length;
    double[] equal = new double[steps];
    Arrays.fill(equal, 1.0 / steps);
    return attribution.overSteps().map(over -> over.weights(target)).orElse(equal);
  }

  /**
   * Returns how far the two halves of the features disagree about a score over all steps, root mean
   * square over images: the error that the projection leaves.
   *
   * @return NaN where scores are not kept in halves
   */
  public static double halvesDisagree(Attribution attribution, int target) {
    if (attribution.halves().isEmpty()) {
      return Double.NaN;
    }
    List<Attribution> halves = attribution.halves().get();
    double[] weights = weights(attribution, target);
    float[][] differences = new float[weights.length][];
    for (int s = 0; s < weights.length; s++) {
      float[] one = halves.get(0).scores(s, target);
      float[] other = halves.get(1).scores(s, target);
      for (int i = 0; i < one.length; i++) {
        one[i] -= other[i];
      }
      differences[s] = divided(one, Moments.of(attribution.scores(s, target)).deviation());
    }
    double squares = 0;
    float[] over = mean(differences, weights);
    for (float difference : over) {
      squares += (double) difference * difference;
    }
    return Math.sqrt(squares / over.length);
  }

  private static float[] divided(float[] row, double deviation) {
    float[] out = new float[row.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = deviation > 0 ? (float) (row[i] / deviation) : 0;
    }
    return out;
  }

  private static float[] mean(float[][] rows, double[] weights) {
    float[] out = new float[rows[0].length];
    for (int i = 0; i < out.length; i++) {
      double sum = 0;
      for (int r = 0; r < weights.length; r++) {
        sum += weights[r] * rows[r][i];
      }
      out[i] = (float) sum;
    }
    return out;
  }
}
