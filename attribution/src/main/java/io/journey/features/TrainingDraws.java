package io.journey.features;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The draws that the loss of a training example is averaged over, for one checkpoint.
 *
 * @param data the examples
 * @param schedule the checkpoint's
 * @param seed of the checkpoint's draws
 * @param count R
 * @param shared those of all examples, or null where each has its own
 */
record TrainingDraws(
    Dataset data, NoiseSchedule schedule, Seed seed, int count, DenoisingDraws shared) {

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
    Condition condition = data.condition(example);
    return shared == null
        ? DenoisingDraws.uniform(image, condition, schedule, seed.child(data.id(example)), count)
        : shared.withImage(image, condition);
  }
}
