package io.journey.diffusion;

import java.util.Locale;

/** The number of an image whose gradient is its feature, for training images and targets alike. */
public enum ModelOutput {
  /** The squared error of what the model predicts, as in training. */
  LOSS,
  /**
   * The mean over pixels of the squared prediction, of which no target is subtracted: D-TRAK (Zheng
   * et al., ICLR 2024) has the sum, ‖ε_θ(x_t, t)‖².
   */
  NORM;

  /** Reads {@code loss} or {@code norm}. */
  public static ModelOutput parse(String text) {
    for (ModelOutput output : values()) {
      if (output.toString().equals(text)) {
        return output;
      }
    }
    throw new IllegalArgumentException("function " + text + " is unknown: write loss or norm");
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
