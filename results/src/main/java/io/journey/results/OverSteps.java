package io.journey.results;

import io.journey.array.Npy;
import io.journey.results.Attribution.StepWeight;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Scores of every training example for the whole trajectory of every target: Σ_t w_t τ_t/σ_t, τ_t
 * the scores of step t and σ_t their standard deviation.
 */
public final class OverSteps {
  private static final String REMEDY = "make the attribution again";

  private final String kind;
  private final Npy scores;
  private final double[][] weights;
  private final int size;

  private OverSteps(String kind, Npy scores, double[][] weights, int size) {
    this.kind = kind;
    this.scores = scores;
    this.weights = weights;
    this.size = size;
  }

  static OverSteps of(Attribution attribution) {
    Path file = attribution.manifest().verified(Attribution.OVER_STEPS);
    Npy scores = Npy.map(file);
    long[] expected = {attribution.targets(), attribution.size()};
    if (!Arrays.equals(scores.shape(), expected) || !scores.dtype().isFloat()) {
      throw new JourneyException(
          file
              + " has the shape "
              + Arrays.toString(scores.shape())
              + ", expected "
              + Arrays.toString(expected)
              + ": "
              + REMEDY
              + ".");
    }
    return new OverSteps(
        attribution.manifest().settingFields().text("over_steps"),
        scores,
        weights(attribution),
        attribution.size());
  }

  private static double[][] weights(Attribution attribution) {
    Path table = attribution.manifest().verified(Attribution.STEP_WEIGHTS);
    List<StepWeight> rows;
    try {
      rows = Csv.read(StepWeight.class, Files.readString(table), table, REMEDY);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + table + ": " + Failures.reason(e) + ".", e);
    }
    int[] steps = attribution.steps();
    double[][] weights = new double[attribution.targets()][steps.length];
    boolean fits = rows.size() == weights.length * steps.length;
    for (int r = 0; fits && r < rows.size(); r++) {
      StepWeight row = rows.get(r);
      fits = row.target() == r / steps.length && row.timestep() == steps[r % steps.length];
      weights[r / steps.length][r % steps.length] = row.weight();
    }
    if (!fits) {
      throw new JourneyException(
          table + " has other targets or steps than the attribution: " + REMEDY + ".");
    }
    return weights;
  }

  /** Returns how steps are weighed: "equal", "inference" or "decided". */
  public String kind() {
    return kind;
  }

  /** Returns w_t of a target at each attributed step, [S]; they sum to 1. */
  public double[] weights(int target) {
    return weights[target].clone();
  }

  /** Returns the scores of all examples for a target, [N]. */
  public float[] scores(int target) {
    float[] out = new float[size];
    scores.read((long) target * size, out, 0, size);
    return out;
  }
}
