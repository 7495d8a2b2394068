package io.journey.encoding;

import io.journey.array.Float16;
import io.journey.run.JourneyException;

/** Numbers as float16 keeps them. */
final class Halves {
  private Halves() {}

  /**
   * Rounds numbers to float16.
   *
   * @param what they are, to begin a sentence with
   * @throws JourneyException if one is not finite, or too large
   */
  static void round(float[] numbers, String what) {
    for (int i = 0; i < numbers.length; i++) {
      float rounded = Float16.toFloat(Float16.of(numbers[i]));
      if (!Float.isFinite(rounded)) {
        throw new JourneyException(
            what
                + " has the number "
                + numbers[i]
                + ", expected at most 65504, as float16 keeps them: the weights are damaged, or of"
                + " another model.");
      }
      numbers[i] = rounded;
    }
  }
}
