package io.journey.sampling;

import io.journey.run.SettingException;
import java.util.Arrays;

/** What share of a finished picture is decided at each inference step of its drawing. */
public final class DecidedShares {
  private DecidedShares() {}

  /**
   * Returns the shares. Decided so far is the R² of x̂0 as an estimate of the finished image, 1 −
   * Σ(x̂0 − x_0)²/Σ(x_0 − x̄_0)², x̄_0 the mean of all numbers of x_0, the largest so far and at
   * least 0. A step decides what is added until the next; the first also what is decided already,
   * the last what is left.
   *
   * @param n which of the drawings
   * @param weights of each position, [H·W]; null: 1
   * @return in the order of {@link TrajectoryFile#timesteps()}; they sum to 1
   * @throws SettingException if the finished image has no variance within the weights
   */
  public static double[] of(TrajectoryFile file, int n, float[] weights) {
    float[] finished = file.rows(TrajectoryFile.IMAGE, n)[0];
    double[] weigh = new double[finished.length];
    Arrays.setAll(weigh, i -> weights == null ? 1 : weights[i % weights.length]);
    double variance = variance(finished, weigh);
    if (!(variance > 0)) {
      throw new SettingException(
          "all numbers of target "
              + n
              + " are the same, so no step decides it: weigh steps equally");
    }
    float[][] x0 = file.rows(TrajectoryFile.X0, n);
    double[] shares = new double[x0.length];
    double decided = 0;
    for (int s = 0; s < shares.length; s++) {
      double left = 0;
      for (int i = 0; i < finished.length; i++) {
        double difference = (double) x0[s][i] - finished[i];
        left += weigh[i] * difference * difference;
      }
      double now = Math.max(decided, 1 - left / variance);
      shares[Math.max(0, s - 1)] += now - decided;
      decided = now;
    }
    shares[shares.length - 1] += 1 - decided;
    return shares;
  }

  private static double variance(float[] finished, double[] weigh) {
    double sum = 0;
    for (int i = 0; i < finished.length; i++) {
      sum += weigh[i] * finished[i];
    }
    double mean = sum / Arrays.stream(weigh).sum();
    double variance = 0;
    for (int i = 0; i < finished.length; i++) {
      variance += weigh[i] * (finished[i] - mean) * (finished[i] - mean);
    }
    return variance;
  }
}
