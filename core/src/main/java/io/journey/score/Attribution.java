package io.journey.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.tensor.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores of every training example at every attributed step of every target, read from the
 * directory {@code journey attribute} writes. A positive score: training on the example makes the
 * target's predicted original more likely at that step.
 */
public final class Attribution {
  /** The scores' file: float32 [steps, targets, N]. */
  public static final String SCORES = "scores.npy";

  /** The targets' images: xt and x0 [steps, targets, C, H, W], final [targets, C, H, W]. */
  public static final String TARGETS = "targets.safetensors";

  private final Manifest manifest;
  private final Npy scores;
  private final int[] steps;

  private Attribution(Manifest manifest, Npy scores, int[] steps) {
    this.manifest = manifest;
    this.scores = scores;
    this.steps = steps;
  }

  /** Opens a finished attribution; a damaged file is an error. */
  public static Attribution open(Path directory) {
    Manifest manifest = Manifest.read(directory, "attribution");
    List<Integer> steps = new ArrayList<>();
    for (JsonNode step : manifest.settings().path("steps")) {
      steps.add(step.asInt());
    }
    Npy scores = Npy.map(manifest.verified(SCORES));
    if (scores.shape().length != 3 || scores.shape()[0] != steps.size()) {
      throw new JourneyException(
          directory + " has scores that do not fit its manifest's steps: make it again.");
    }
    return new Attribution(manifest, scores, steps.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The settings and inputs that made it. */
  public Manifest manifest() {
    return manifest;
  }

  /** The attributed steps t, ascending. */
  public int[] steps() {
    return steps.clone();
  }

  /** The number of targets. */
  public int targets() {
    return Math.toIntExact(scores.shape()[1]);
  }

  /** The number of training examples N. */
  public int size() {
    return Math.toIntExact(scores.shape()[2]);
  }

  /**
   * The scores of all examples.
   *
   * @param step an index into {@link #steps()}
   * @param target 0 &lt;= target &lt; {@link #targets()}
   * @return [N]
   */
  public float[] scores(int step, int target) {
    float[] out = new float[size()];
    scores.read(((long) step * targets() + target) * size(), out, 0, out.length);
    return out;
  }
}
