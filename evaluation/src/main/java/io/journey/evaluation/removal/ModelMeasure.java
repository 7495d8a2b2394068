package io.journey.evaluation.removal;

import io.journey.model.Checkpoint;
import io.journey.run.Progress;
import io.journey.run.StageFiles;
import io.journey.run.Workers;

/**
 * What is measured of a model for a target. Every measurement leaves a file of its own, so that a
 * kill loses one.
 */
public interface ModelMeasure {
  /** How many steps of drawings a measurement takes, for progress. */
  long unitSteps();

  /** How many of them {@link #prepare} takes. */
  long preparingSteps();

  /** Draws what the models are compared with for a target, unless that is there. */
  void prepare(StageFiles run, int target, Workers.Parts parts, Progress.Task progress);

  /** The file of a measurement, whose presence says that it is done. */
  String file(int target, String model);

  /** Measures a model and writes the file. */
  void measure(
      StageFiles run,
      int target,
      String model,
      Checkpoint checkpoint,
      Workers.Parts parts,
      Progress.Task progress);
}
