package io.journey.score;

import io.journey.run.SettingException;

/**
 * The draws that the gradient of a target is averaged over.
 *
 * @param draws k' of Eq. 3: noises for each step; for an average over steps five times as many
 * @param seed of the noise
 * @param mask weights of pixels, or null
 */
public record TargetDraws(int draws, long seed, PixelMask mask) {
  /** k' where nothing else is said: twice the paper's, which left chance of its own in scores. */
  public static final int DEFAULT = 40;

  public TargetDraws {
    if (draws < 1) {
      throw new SettingException("draws must be at least 1, got " + draws);
    }
  }
}
