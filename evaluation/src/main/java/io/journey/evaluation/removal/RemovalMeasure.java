package io.journey.evaluation.removal;

import io.journey.model.Checkpoint;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.Workers;

/**
 * How far what a model draws is from what the original draws. Every measurement leaves files of its
 * own, so that a kill loses one.
 */
interface RemovalMeasure {
  /** How many steps of drawings a measurement takes, for progress. */
  long unitSteps();

  /** How many of them {@link #prepare} takes. */
  long preparingSteps();

  /** Draws what the models are compared with for a target, unless that is there. */
  void prepare(RunDirectory run, int target, Workers.Parts parts, Progress.Task progress);

  /** The file of a measurement, whose presence says that it is done. */
  String file(int target, String model);

  /** Measures a model and writes the file. */
  void measure(
      RunDirectory run,
      int target,
      String model,
      Checkpoint checkpoint,
      Workers.Parts parts,
      Progress.Task progress);

  /** Returns the distance, at least 0; 0 if the model draws as the original. */
  double read(RunDirectory run, int target, String model);

  /** Returns the distance of the original from itself with other noise than its own. */
  double reference(RunDirectory run, int target);
}
