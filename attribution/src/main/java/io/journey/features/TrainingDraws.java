package io.journey.features;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The draws that the loss of a training example is averaged over, for one checkpoint. Several
 * captions of an example take turns.
 *
 * @param data the examples
 * @param schedule the checkpoint's
 * @param seed of the checkpoint's draws
 * @param count R
 * @param shared those of all examples, or null where each has its own
 */
record TrainingDraws(
    Dataset data, NoiseSchedule schedule, Seed seed, int count, DenoisingDraws shared) {

  /**
   * Returns those of a checkpoint.
   *
   * @param importance where draws that examples share go; null: each example has its own
   */
  static TrainingDraws of(
      FeaturePath path, Checkpoint checkpoint, TimestepImportance.Measured importance) {
    FeaturizerConfig config = path.config();
    NoiseSchedule schedule = checkpoint.schedule();
    Seed seed = path.seed(checkpoint.name());
    DenoisingDraws shared =
        importance == null
            ? null
            : DenoisingDraws.stratified(
                new float[path.data().shape().numel()],
                Condition.NONE,
                importance.distribution(checkpoint.name(), schedule.steps()),
                seed.child("shared"),
                config.draws());
    return new TrainingDraws(path.data(), schedule, seed, config.draws(), shared);
  }

  /** Those of some examples. */
  List<DenoisingDraws> forExamples(IntStream examples) {
    List<DenoisingDraws> draws = new ArrayList<>();
    examples.forEach(i -> draws.add(forExamples(i)));
    return draws;
  }

  /** Those of an example. */
  DenoisingDraws forExamples(int example) {
    float[] image = new float[data.shape().numel()];
    data.read(example, image, 0);
    DenoisingDraws draws =
        shared == null
            ? DenoisingDraws.uniform(
                image, Condition.NONE, schedule, seed.child(data.id(example)), count)
            : shared;
    return draws.withImage(image, data.conditions(example));
  }
}
