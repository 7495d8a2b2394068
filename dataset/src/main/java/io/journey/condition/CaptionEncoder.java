package io.journey.condition;

/** Turns texts into the states that a model is conditioned on. Safe for many threads. */
@FunctionalInterface
public interface CaptionEncoder {
  /**
   * Returns the states of a text.
   *
   * @param text a caption or prompt; "" stands for no text
   */
  TextStates states(String text);

  /** Returns what tells encoders apart that make other states of a text; "" where nobody knows. */
  default String fingerprint() {
    return "";
  }
}
