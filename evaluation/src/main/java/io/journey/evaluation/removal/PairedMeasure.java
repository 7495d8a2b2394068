package io.journey.evaluation.removal;

import io.journey.run.StageFiles;

/** A measurement of which two models can be compared, neither of them the original. */
public interface PairedMeasure extends ModelMeasure {
  /**
   * Returns what changes of a target from one model to another; 0 if they are the same.
   *
   * @param from the name of the model that saw more
   * @param to the name of the one that saw less
   */
  double change(StageFiles run, int target, String from, String to);
}
