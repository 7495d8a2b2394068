package io.journey.scheduler;

/**
 * The steps of a drawing with a number of inference steps. Immutable, for many threads.
 *
 * <p>Latents between steps are always what the model is given: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε at a
 * whole timestep, as in training. A scheduler that computes with samples of another scale, as
 * diffusers' {@code scale_model_input} has them, converts inside its step.
 */
public interface InferenceSteps {
  /**
   * Returns t of every call of the model, never rising. Where one is repeated, the last call sees
   * the better latents: they are those of the trajectory.
   */
  int[] timesteps();

  /** Returns the standard deviation of the latents from which a drawing starts. */
  default double initNoiseSigma() {
    return 1;
  }

  /**
   * Begins a drawing of one image. A scheduler with a memory of earlier outputs begins without any,
   * also in the middle: what follows depends on x_t alone, as p(·|x_t) does.
   *
   * @param index of the first step to be taken
   */
  State begin(int index);

  /** The memory of a scheduler of the drawing of one image. Of one thread at a time. */
  interface State {
    /**
     * Returns the latents after a step; after the last step, the picture. Steps are taken in their
     * order.
     *
     * @param index of the step in {@link #timesteps}
     * @param xt the latents before it, [C·H·W]
     * @param output the model's at (x_t, t), [C·H·W]
     * @param noise standard Gaussian, [C·H·W]; null where the scheduler adds none
     */
    float[] step(int index, float[] xt, float[] output, float[] noise);
  }
}
