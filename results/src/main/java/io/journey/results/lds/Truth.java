package io.journey.results.lds;

import io.journey.results.ExampleTable;
import java.util.List;

/**
 * What scores of training images are judged by: for every target and step, some numbers that scores
 * predict.
 */
public interface Truth {
  /** Returns the steps t, rising. */
  int[] steps();

  /** Returns how many targets. */
  int targets();

  /** Returns the training examples, [N]. */
  List<ExampleTable.Example> examples();

  /** Returns the fingerprint of the data. */
  String data();

  /** Returns the fingerprint of the targets at these steps. */
  String trajectories();

  /** Returns of how many checkpoints, from the first, scores are judged; 0: of all. */
  int checkpoints();

  /** Returns whether it is of pictures that models draw, in place of their losses. */
  default boolean isOfPictures() {
    return false;
  }

  /**
   * Returns what scores predict.
   *
   * @param scores [N]
   * @return a number for each that is known of the target, as many for every target and step
   */
  double[] predictions(float[] scores);
}
