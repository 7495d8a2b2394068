package io.journey.evaluation.removal;

import io.journey.run.StageFiles;

/** How far what a model draws is from what the original draws. */
interface RemovalMeasure extends ModelMeasure {
  /** Returns the distance, at least 0; 0 if the model draws as the original. */
  double read(StageFiles run, int target, String model);

  /** Returns the distance of the original from itself with other noise than its own. */
  double reference(StageFiles run, int target);
}
