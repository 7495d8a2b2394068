package io.journey.diffusion;

import io.journey.condition.Conditioning;
import io.journey.run.JourneyException;
import org.bytedeco.pytorch.Tensor;

/**
 * The input of a denoiser: a batch of B noised images. The tensor lives in the caller's scope.
 *
 * @param sample x_t, [B, C, H, W]
 * @param timesteps t of each row, [B]; a scheduler may ask between whole steps
 * @param condition the condition of each row; a model that takes none ignores it
 */
public record DenoiserInput(Tensor sample, float[] timesteps, Conditioning condition) {
  public DenoiserInput {
    if (sample.size(0) != timesteps.length || timesteps.length != condition.rows()) {
      throw new IllegalArgumentException(
          sample.size(0)
              + " noised images need as many timesteps and conditions, got "
              + timesteps.length
              + " and "
              + condition.rows());
    }
  }

  /** Asks at whole steps. */
  public DenoiserInput(Tensor sample, int[] timesteps, Conditioning condition) {
    this(sample, floats(timesteps), condition);
  }

  private static float[] floats(int[] timesteps) {
    float[] floats = new float[timesteps.length];
    for (int b = 0; b < floats.length; b++) {
      floats[b] = timesteps[b];
    }
    return floats;
  }

  /** Writes a timestep for a message, without a point where it is whole. */
  public static String text(float timestep) {
    return timestep == (int) timestep ? Integer.toString((int) timestep) : Float.toString(timestep);
  }

  /**
   * Returns the timesteps as whole numbers, [B].
   *
   * @throws JourneyException if one is not whole
   */
  public int[] wholeTimesteps() {
    int[] whole = new int[timesteps.length];
    for (int b = 0; b < whole.length; b++) {
      whole[b] = (int) timesteps[b];
      if (whole[b] != timesteps[b]) {
        throw new JourneyException(
            "The model takes whole timesteps only and was asked for "
                + text(timesteps[b])
                + ": use a schedule that visits whole steps.");
      }
    }
    return whole;
  }
}
