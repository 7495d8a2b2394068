package io.journey.sampling;

import io.journey.condition.Condition;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.SamplingConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Denoiser;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.util.function.IntFunction;

/**
 * The drawing of one image, step by step, whatever the sampler.
 *
 * @param sampler makes the steps
 * @param start x_T, [C·H·W]
 * @param noise of the step with an index, [C·H·W]; asked only where the sampler adds noise
 * @param seed the trajectory's name
 * @param condition of the image
 */
record Drawing(
    Sampler sampler, float[] start, IntFunction<float[]> noise, String seed, Condition condition) {

  /** A drawing whose numbers all come from a seed. */
  Drawing(Sampler sampler, Seed seed, Condition condition) {
    this(
        sampler,
        start(seed, sampler),
        s -> noise(seed, sampler, sampler.timesteps()[s]),
        seed.hex(),
        condition);
  }

  /** x_T of a seed. */
  static float[] start(Seed seed, Sampler sampler) {
    return gaussian(seed.child("start"), sampler);
  }

  /** The noise a seed adds in the step from t on. */
  static float[] noise(Seed seed, Sampler sampler, int t) {
    return gaussian(seed.child("step").child(t), sampler);
  }

  private static float[] gaussian(Seed seed, Sampler sampler) {
    float[] numbers = new float[sampler.checkpoint().model().shape().numel()];
    seed.stream().fillGaussian(numbers);
    return numbers;
  }

  /** The seed of image n of a root seed. */
  static Seed seed(long root, int n) {
    return Seed.of(root).child("trajectory").child(n);
  }

  /**
   * The steps of a drawing, falling.
   *
   * @throws IllegalArgumentException if there are none, or x_0 cannot be estimated at one
   */
  static int[] timesteps(NoiseSchedule schedule, SamplingConfig config, int inferenceSteps) {
    int[] timesteps =
        config.timestepSpacing().timesteps(schedule.steps(), inferenceSteps, config.stepsOffset());
    schedule.requireEstimable(timesteps[0]);
    return timesteps;
  }

  static void requireCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
  }

  /** Draws, telling of every step. */
  Trajectory run(Progress.Task progress) {
    Checkpoint checkpoint = sampler.checkpoint();
    Denoiser model = checkpoint.model();
    NoiseSchedule schedule = checkpoint.schedule();
    int[] timesteps = sampler.timesteps();
    float[] x = start;
    float[][] xt = new float[timesteps.length][];
    float[][] x0 = new float[timesteps.length][];
    for (int s = 0; s < timesteps.length; s++) {
      xt[s] = x;
      float[] output = model.predict(x, timesteps[s], condition);
      x0[s] = schedule.predictedOriginal(x, output, timesteps[s]);
      x = sampler.step(s, x, output, x0[s], sampler.addsNoise() ? noise.apply(s) : null);
      requireFinite(sampler, x, timesteps[s]);
      progress.advance(1);
    }
    return new Trajectory(
        model.shape(), checkpoint.fingerprint(), seed, condition, timesteps, xt, x0, x);
  }

  static void requireFinite(Sampler sampler, float[] x, int timestep) {
    for (float value : x) {
      if (!Float.isFinite(value)) {
        throw new JourneyException(
            "The drawing of "
                + sampler.checkpoint().name()
                + " leaves the numbers at step "
                + timestep
                + " ("
                + value
                + "): turn clip_sample on in its scheduler_config.json, or train it anew.");
      }
    }
  }
}
