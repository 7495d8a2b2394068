package io.journey.score;

import io.journey.run.Checksums;
import io.journey.sampling.DecidedShares;
import io.journey.sampling.TrajectoryFile;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The weight of each attributed step in a score of the whole trajectory, τ(x) = Σ_t w_t τ_t(x)/σ_t,
 * σ_t the standard deviation of all scores at the step: scores of different steps have different
 * units. The weights of a target sum to 1.
 *
 * @param kind how they came about
 * @param steps t, rising, [S]
 * @param ofTargets w_t of each target, in the order of what is scored, [T, S]
 */
public record StepWeights(Kind kind, int[] steps, double[][] ofTargets) implements Serializable {
  /** Ways to weigh steps. */
  public enum Kind {
    /** All steps alike. */
    EQUAL,
    /** A step counts by the inference steps that it stands for: those nearest to it. */
    INFERENCE,
    /**
     * A step counts by the share of the finished picture that is decided at the inference steps
     * that it stands for, by how x̂0 comes to explain it: {@link DecidedShares}.
     */
    DECIDED
  }

  public StepWeights {
    for (double[] weights : ofTargets) {
      double sum = Arrays.stream(weights).sum();
      if (weights.length != steps.length || !(Math.abs(sum - 1) < 1e-9)) {
        throw new IllegalArgumentException(
            "weights of " + steps.length + " steps must sum to 1, got " + Arrays.toString(weights));
      }
    }
  }

  /** All steps alike, for so many targets. */
  public static StepWeights equal(int[] steps, int targets) {
    double[] weights = new double[steps.length];
    Arrays.fill(weights, 1.0 / steps.length);
    return ofAll(Kind.EQUAL, steps, weights, targets);
  }

  /**
   * By the inference steps that each stands for.
   *
   * @param timesteps t of all inference steps
   */
  public static StepWeights inference(int[] timesteps, int[] steps, int targets) {
    double[] ones = new double[timesteps.length];
    Arrays.fill(ones, 1);
    return ofAll(Kind.INFERENCE, steps, shares(timesteps, ones, steps), targets);
  }

  /**
   * By the share of the outcome that is decided at each.
   *
   * @param file of the targets
   * @param parts of each target that are scored: all of the first target, then of the second; a
   *     null among them: the whole. Only what is decided within a part counts. None: the whole
   */
  public static StepWeights decided(TrajectoryFile file, int[] steps, List<PixelMask> parts) {
    int count = Math.max(1, parts.size());
    double[][] ofTargets = new double[file.size() * count][];
    for (int n = 0; n < ofTargets.length; n++) {
      PixelMask mask = parts.isEmpty() ? null : parts.get(n % count);
      float[] inside = mask == null ? null : mask.onto(file.shape()).weights();
      ofTargets[n] = shares(file.timesteps(), DecidedShares.of(file, n / count, inside), steps);
    }
    return new StepWeights(Kind.DECIDED, steps, ofTargets);
  }

  private static StepWeights ofAll(Kind kind, int[] steps, double[] weights, int targets) {
    double[][] ofTargets = new double[targets][];
    Arrays.fill(ofTargets, weights);
    return new StepWeights(kind, steps, ofTargets);
  }

  /** Returns what part of the amounts at inference steps falls to each step, the nearest one. */
  private static double[] shares(int[] timesteps, double[] amounts, int[] steps) {
    double[] shares = new double[steps.length];
    double all = Arrays.stream(amounts).sum();
    for (int k = 0; k < timesteps.length; k++) {
      int nearest = 0;
      for (int s = 1; s < steps.length; s++) {
        if (Math.abs(steps[s] - timesteps[k]) < Math.abs(steps[nearest] - timesteps[k])) {
          nearest = s;
        }
      }
      shares[nearest] += amounts[k] / all;
    }
    return shares;
  }

  /** Returns a hash of all weights. */
  String fingerprint() {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * ofTargets.length * steps.length);
    for (double[] weights : ofTargets) {
      Arrays.stream(weights).forEach(bytes::putDouble);
    }
    return Checksums.of(bytes.array());
  }
}
