package io.journey.diffusion;

import io.journey.run.SettingException;
import java.util.Locale;

/** The number of an image whose gradient is its feature, for training images and targets alike. */
public enum OutputFunction {
  /** The squared error of what the model predicts, as in training. */
  LOSS,
  /**
   * The mean over pixels of the squared prediction, of which no target is subtracted: D-TRAK (Zheng
   * et al., ICLR 2024) has the sum, ‖ε_θ(x_t, t)‖².
   */
  NORM,
  /**
   * The mean over pixels of the prediction, of which no target is subtracted: what the program of
   * DAS (Lin et al., ICLR 2025) takes in place of the vector ε_θ(x_t, t).
   */
  MEAN,
  /**
   * The mean over pixels of u·prediction, u standard Gaussian numbers that the draws bring: of d
   * numbers its gradients' second moment over u is Jᵀ·J/d², the loss's Gauss–Newton matrix times
   * 1/(2d) (Kunstner et al. 2019, section 3: a Monte-Carlo Fisher). No feature is of it.
   */
  PROBE;

  /** Reads {@code loss}, {@code norm} or {@code mean}. */
  public static OutputFunction parse(String text) {
    for (OutputFunction output : values()) {
      if (output != PROBE && output.toString().equals(text)) {
        return output;
      }
    }
    throw new SettingException("function " + text + " is unknown: write loss, norm or mean");
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
