package io.journey.sampling;

import io.journey.condition.Condition;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.util.function.IntFunction;

/**
 * The numbers that decide the drawing of one image.
 *
 * @param sampler draws
 * @param start standard Gaussian noise, [C·H·W]
 * @param noise of the call of the model with an index, [C·H·W]; asked only where the sampler adds
 *     noise
 * @param seed the trajectory's name
 * @param condition of the image
 */
record Drawing(
    Sampler sampler, float[] start, IntFunction<float[]> noise, String seed, Condition condition) {

  /** A drawing whose numbers all come from a seed. */
  Drawing(Sampler sampler, Seed seed, Condition condition) {
    this(
        sampler,
        gaussian(seed.child("start"), sampler),
        call -> noise(seed, sampler, call),
        seed.hex(),
        condition);
  }

  /** Returns the noise a seed adds after a call of the model, named by the timestep. */
  static float[] noise(Seed seed, Sampler sampler, int call) {
    Seed ofStep = seed.child("step").child(sampler.timestepOf(call));
    return gaussian(sampler.isKept(call) ? ofStep : ofStep.child("before").child(call), sampler);
  }

  private static float[] gaussian(Seed seed, Sampler sampler) {
    float[] numbers = new float[sampler.checkpoint().model().shape().numel()];
    seed.stream().fillGaussian(numbers);
    return numbers;
  }

  /** Returns the seed of image n of a root seed. */
  static Seed seed(long root, int n) {
    return Seed.of(root).child("trajectory").child(n);
  }

  static void requireCount(int count) {
    if (count < 1) {
      throw new SettingException("count must be at least 1, got " + count);
    }
  }

  /** Draws, telling of every step. */
  Trajectory run(Progress.Task progress) {
    return sampler.draw(this, progress);
  }
}
