package io.journey.evaluation.lds;

import io.journey.array.Npy;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Scores that another program computed: an NPY file of numbers [steps, targets, images].
 *
 * @param file its path
 * @param scores its content
 */
record ScoreFile(Path file, Npy scores) {
  /**
   * Opens a file.
   *
   * @throws JourneyException if it has another shape, or is of another type than numbers
   */
  static ScoreFile open(Path file, int steps, int targets, int images) {
    Npy scores = Npy.map(file);
    long[] expected = {steps, targets, images};
    if (!Arrays.equals(scores.shape(), expected) || !scores.dtype().isFloat()) {
      throw new JourneyException(
          file
              + " has numbers of the type "
              + scores.dtype()
              + " and the shape "
              + Arrays.toString(scores.shape())
              + ", expected scores [steps, targets, images] = "
              + Arrays.toString(expected)
              + ".");
    }
    return new ScoreFile(file, scores);
  }

  /** Refuses a file with something that is no finite number. */
  void check() {
    for (int step = 0; step < scores.shape()[0]; step++) {
      for (int target = 0; target < scores.shape()[1]; target++) {
        row(step, target);
      }
    }
  }

  /**
   * Returns the scores of all images.
   *
   * @param step its index
   * @throws JourneyException if one is no finite number
   */
  float[] row(int step, int target) {
    float[] row = new float[Math.toIntExact(scores.shape()[2])];
    scores.read((step * scores.shape()[1] + target) * row.length, row, 0, row.length);
    for (float score : row) {
      if (!Float.isFinite(score)) {
        throw new JourneyException(
            file + " has a score that is " + score + ": write numbers alone.");
      }
    }
    return row;
  }
}
