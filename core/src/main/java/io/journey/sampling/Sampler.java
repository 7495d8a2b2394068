package io.journey.sampling;

import io.journey.condition.Condition;
import io.journey.diffusion.SamplingConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Denoiser;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.List;

/** Draws images with a checkpoint. Safe for many threads. */
public interface Sampler {
  /**
   * The sampler of a kind.
   *
   * @param config kind, steps and clipping
   * @param inferenceSteps how many steps a drawing takes, 1..T
   * @param eta of DDIM, 0 for DDPM
   */
  static Sampler of(Checkpoint checkpoint, SamplingConfig config, int inferenceSteps, double eta) {
    if (config.kind() == SamplingConfig.Kind.DDIM) {
      return new DdimSampler(checkpoint, config, inferenceSteps, eta);
    }
    if (eta != 0) {
      throw new IllegalArgumentException("eta is DDIM's, DDPM has none: leave it out, got " + eta);
    }
    return new DdpmSampler(checkpoint, config, inferenceSteps);
  }

  /** The same with another model. */
  default Sampler by(Checkpoint other) {
    return of(other, config(), timesteps().length, eta());
  }

  /** The model that draws. */
  Checkpoint checkpoint();

  /** How it is drawn. */
  SamplingConfig config();

  /** η of DDIM; 0 for DDPM. */
  double eta();

  /** The steps t at which the model is asked, falling. */
  int[] timesteps();

  /** Whether steps add noise. */
  boolean addsNoise();

  /**
   * The latents after a step.
   *
   * @param index of the step in {@link #timesteps}
   * @param xt before it, [C·H·W]
   * @param output the model's at (x_t, t), [C·H·W]
   * @param x0 what x_t and the output say of the clean image, not clipped, [C·H·W]
   * @param noise standard Gaussian, [C·H·W]; null where the sampler adds none
   */
  float[] step(int index, float[] xt, float[] output, float[] x0, float[] noise);

  /** Draws one image without a condition; all noise comes from the seed. */
  default Trajectory sample(Seed seed) {
    return sample(seed, Condition.NONE);
  }

  /** Draws one image under a condition; all noise comes from the seed, whatever the condition. */
  default Trajectory sample(Seed seed, Condition condition) {
    return new Drawing(this, seed, condition).run(Progress.Task.SILENT);
  }

  /** The seed of image n of a root seed, as all drawings of Journey name it. */
  static Seed seed(long root, int n) {
    return Drawing.seed(root, n);
  }

  /**
   * Pictures from p_θ(·|x_t) (Georgiev et al., section 2.2): drawings are continued from their
   * latents at one step to the end, several in one pass of the model. Each takes its noise from its
   * own seed, named as in {@link #sample(Seed)}, so that it does not depend on the others, but for
   * rounding.
   *
   * @param xt the latents at step t, [B][C·H·W]
   * @param step t, one of {@link #timesteps()}
   * @param condition of all
   * @param seeds one for each drawing, [B]
   * @param progress told of every step of every drawing
   * @return the pictures, [B][C·H·W]
   * @throws JourneyException if no step has this t
   */
  default float[][] finish(
      float[][] xt, int step, Condition condition, List<Seed> seeds, Progress.Task progress) {
    int[] timesteps = timesteps();
    int from = Trajectory.indexOf(timesteps, step);
    return advance(xt, from, timesteps.length, condition, seeds, progress);
  }

  /**
   * Takes some steps of several drawings, so that different models can take those of different
   * parts: {@link #finish} is all that are left.
   *
   * @param xt the latents before the first of them, [B][C·H·W]
   * @param from the index of the first in {@link #timesteps()}
   * @param to the index after the last
   * @param condition of all
   * @param seeds one for each drawing, [B]
   * @param progress told of every step of every drawing
   * @return the latents after the last, [B][C·H·W]
   */
  default float[][] advance(
      float[][] xt,
      int from,
      int to,
      Condition condition,
      List<Seed> seeds,
      Progress.Task progress) {
    Denoiser model = checkpoint().model();
    int[] timesteps = timesteps();
    float[][] x = xt.clone();
    for (int s = from; s < to; s++) {
      int t = timesteps[s];
      float[][] output = model.predict(x, t, condition);
      for (int b = 0; b < x.length; b++) {
        float[] x0 = checkpoint().schedule().predictedOriginal(x[b], output[b], t);
        float[] noise = addsNoise() ? Drawing.noise(seeds.get(b), this, t) : null;
        x[b] = step(s, x[b], output[b], x0, noise);
        Drawing.requireFinite(this, x[b], t);
      }
      progress.advance(x.length);
    }
    return x;
  }

  /** Draws images into memory by a model that takes no conditions; see below. */
  default List<Trajectory> sample(long seed, int count, int threads, Progress progress) {
    return sample(seed, count, List.of(Condition.NONE), threads, progress);
  }

  /**
   * Draws images 0..count−1 of a root seed into memory; image n is the same whatever the count.
   *
   * @param conditions taken in turn: image n has number n mod size
   * @param threads images drawn at once
   * @throws IllegalArgumentException if the model does not take these conditions
   */
  default List<Trajectory> sample(
      long seed, int count, List<Condition> conditions, int threads, Progress progress) {
    Drawing.requireCount(count);
    checkpoint().model().conditioning().requireChoice(conditions);
    Trajectory[] drawn = new Trajectory[count];
    long steps = (long) count * timesteps().length;
    try (Progress.Task task =
        progress.start("Drawing " + Counted.of(count, "images"), steps, "steps")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEach(
              count,
              n -> {
                Condition condition = conditions.get(n % conditions.size());
                drawn[n] = new Drawing(this, Drawing.seed(seed, n), condition).run(task);
              });
    }
    return List.of(drawn);
  }
}
