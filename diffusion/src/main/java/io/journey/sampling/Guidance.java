package io.journey.sampling;

import io.journey.run.SettingException;
import java.io.Serializable;

/**
 * Classifier-free guidance (Ho and Salimans 2022, formula 6): the model's output is replaced by
 * output(∅) + w·(output(c) − output(∅)), where c is the condition and ∅ none.
 *
 * @param weight w, diffusers' {@code guidance_scale}, at least 0; 1: none
 * @param negativePrompt the text that stands for ∅ in a model of captions; "": no text
 */
public record Guidance(double weight, String negativePrompt) implements Serializable {
  /** The model's own output. */
  public static final Guidance NONE = new Guidance(1);

  /** The largest weight: far more than anybody uses, and far less than float32 bears. */
  public static final double MOST = 1000;

  private static final String PREFIX = "classifier-free:";

  public Guidance {
    if (!(weight >= 0 && weight <= MOST)) {
      throw new SettingException("guidance must be between 0 and 1000, got " + weight);
    }
    if (weight == 1 && !negativePrompt.isEmpty()) {
      throw new SettingException(
          "a negative prompt needs guidance above 1, got '" + negativePrompt + "' without");
    }
  }

  /** Guidance away from nothing. */
  public Guidance(double weight) {
    this(weight, "");
  }

  /**
   * Reads {@code none}, {@code classifier-free:3.0}, or {@code classifier-free:3.0:blurry} with a
   * negative prompt.
   */
  static Guidance parse(String text) {
    if (text.equals(NONE.toString())) {
      return NONE;
    }
    if (!text.startsWith(PREFIX)) {
      throw new SettingException(
          "guidance " + text + " is unknown: write none or classifier-free:3.0");
    }
    String[] parts = text.substring(PREFIX.length()).split(":", 2);
    return new Guidance(Double.parseDouble(parts[0]), parts.length == 1 ? "" : parts[1]);
  }

  /** Returns whether the output is the model's own. */
  public boolean isNone() {
    return weight == 1;
  }

  /**
   * Combines two outputs of a model for one image.
   *
   * @param conditional under the condition, [C·H·W]
   * @param unconditional without one, [C·H·W]
   */
  float[] combine(float[] conditional, float[] unconditional) {
    float[] out = new float[conditional.length];
    for (int i = 0; i < out.length; i++) {
      double none = unconditional[i];
      out[i] = (float) (none + weight * (conditional[i] - none));
    }
    return out;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return isNone()
        ? "none"
        : PREFIX + weight + (negativePrompt.isEmpty() ? "" : ":" + negativePrompt);
  }
}
