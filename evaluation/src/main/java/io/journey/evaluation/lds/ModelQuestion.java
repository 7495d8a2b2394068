package io.journey.evaluation.lds;

import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.lds.GroundTruth;
import io.journey.run.TaskContext;
import io.journey.sampling.Trajectory;
import io.journey.training.Retraining;
import java.io.Serializable;
import java.util.List;

/**
 * What every model of a check is asked, and how it is trained.
 *
 * @param retraining how models are trained
 * @param data all examples
 * @param targets T
 * @param steps t, S
 * @param measure what is measured
 * @param noise the root of the noise, the same for all models
 * @param models the folder of the models
 */
record ModelQuestion(
    Retraining retraining,
    Dataset data,
    List<Trajectory> targets,
    int[] steps,
    TruthMeasure measure,
    Seed noise,
    String models)
    implements Serializable {
  /**
   * Asks the first model of an ensemble.
   *
   * @param file takes its measurements, float32 [halves, S, T]
   */
  void ask(Ensemble ensemble, String file, TaskContext context) {
    float[] measurements;
    try (Checkpoint model = ensemble.first()) {
      measurements = measure.of(model, targets, steps, noise, context);
    }
    context.write(
        file,
        out -> Npy.write(out, measurements, GroundTruth.HALVES, steps.length, targets.size()));
  }
}
