package io.journey.sampling;

import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.Denoiser;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Ancestral sampling of DDPM (Ho et al. 2020, Algorithm 2) on evenly spaced steps, as diffusers'
 * {@code DDPMScheduler} does it with ε-prediction, leading spacing, variance fixed_small and
 * clip_sample.
 *
 * <p>Code to paper: {@code alphaBar} ᾱ_t, {@code previous} ᾱ of the next step drawn, {@code x0}
 * x̂0.
 */
public final class DdpmSampler {
  private final Denoiser model;
  private final NoiseSchedule schedule;
  private final String fingerprint;
  private final int[] timesteps;

  /**
   * @param inferenceSteps how many steps a drawing takes, 1..T
   */
  public DdpmSampler(Checkpoint checkpoint, int inferenceSteps) {
    this.model = checkpoint.model();
    this.schedule = checkpoint.schedule();
    this.fingerprint = checkpoint.fingerprint();
    this.timesteps = leading(schedule.steps(), inferenceSteps);
  }

  /** The steps t, falling: (n−1)·⌊T/n⌋, …, ⌊T/n⌋, 0. */
  static int[] leading(int trainSteps, int inferenceSteps) {
    if (inferenceSteps < 1 || inferenceSteps > trainSteps) {
      throw new IllegalArgumentException(
          "inference steps must be between 1 and " + trainSteps + ", got " + inferenceSteps);
    }
    int stride = trainSteps / inferenceSteps;
    int[] steps = new int[inferenceSteps];
    for (int i = 0; i < inferenceSteps; i++) {
      steps[i] = (inferenceSteps - 1 - i) * stride;
    }
    return steps;
  }

  /** The steps t at which the model is asked, falling. */
  public int[] timesteps() {
    return timesteps.clone();
  }

  /** Draws one image; all noise comes from the seed. */
  public Trajectory sample(Seed seed) {
    float[] x = new float[model.shape().numel()];
    seed.child("start").stream().fillGaussian(x);
    float[][] xt = new float[timesteps.length][];
    float[][] x0 = new float[timesteps.length][];
    for (int s = 0; s < timesteps.length; s++) {
      int t = timesteps[s];
      xt[s] = x;
      float[] noise = predictNoise(model, x, t);
      x0[s] = predictedOriginal(schedule, x, noise, t);
      int next = s + 1 < timesteps.length ? timesteps[s + 1] : -1;
      float[] fresh = new float[x.length];
      seed.child("step").child(t).stream().fillGaussian(fresh);
      x = step(schedule, x, x0[s], t, next, fresh);
    }
    return new Trajectory(model.shape(), fingerprint, seed.hex(), timesteps.clone(), xt, x0, x);
  }

  static void requireCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
  }

  /**
   * Draws images 0..count−1 of a root seed; image n is the same whatever the count.
   *
   * @param threads images drawn at once
   */
  public List<Trajectory> sample(long seed, int count, int threads, Progress progress) {
    requireCount(count);
    Trajectory[] drawn = new Trajectory[count];
    Seed root = Seed.of(seed).child("trajectory");
    try (Progress.Task task = progress.start("Drawing images", count, "images")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEach(
              count,
              n -> {
                drawn[n] = sample(root.child(n));
                task.advance(1);
              });
    }
    return List.of(drawn);
  }

  /** ε_θ(x, t) of one image, [C·H·W] to [C·H·W]. */
  public static float[] predictNoise(Denoiser model, float[] x, int t) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor input =
          Libtorch.of(
              x,
              model.parameters().type(),
              1,
              model.shape().channels(),
              model.shape().height(),
              model.shape().width());
      return Libtorch.floats(model.predict(input, new int[] {t}, null));
    }
  }

  /**
   * One-step estimate of the clean image from x_t (Georgiev et al., section 2.2): x̂0 = (x_t −
   * √(1−ᾱ_t)·ε) / √ᾱ_t.
   *
   * @param xt latents at step t, [C·H·W]
   * @param noise ε_θ(x_t, t), [C·H·W]
   * @return x̂0, not clipped, [C·H·W]
   */
  public static float[] predictedOriginal(
      NoiseSchedule schedule, float[] xt, float[] noise, int t) {
    double alphaBar = schedule.alphaBar(t);
    double sigma = Math.sqrt(1 - alphaBar);
    double scale = 1 / Math.sqrt(alphaBar);
    float[] x0 = new float[xt.length];
    for (int i = 0; i < xt.length; i++) {
      x0[i] = (float) ((xt[i] - sigma * noise[i]) * scale);
    }
    return x0;
  }

  /** x at step {@code next} given x_t and x̂0; no noise is added at t = 0. */
  static float[] step(
      NoiseSchedule schedule, float[] xt, float[] x0, int t, int next, float[] noise) {
    double alphaBar = schedule.alphaBar(t);
    double previous = schedule.alphaBar(next);
    double alpha = alphaBar / previous;
    double beta = 1 - alpha;
    double x0Weight = Math.sqrt(previous) * beta / (1 - alphaBar);
    double xtWeight = Math.sqrt(alpha) * (1 - previous) / (1 - alphaBar);
    double sigma = t > 0 ? Math.sqrt(Math.max(beta * (1 - previous) / (1 - alphaBar), 1e-20)) : 0;
    float[] out = new float[xt.length];
    for (int i = 0; i < xt.length; i++) {
      double clipped = Math.max(-1, Math.min(1, x0[i]));
      out[i] = (float) (x0Weight * clipped + xtWeight * xt[i] + sigma * noise[i]);
    }
    return out;
  }
}
