package io.journey.explorer;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;

/**
 * What is to be drawn.
 *
 * @param prompt of a model of captions; otherwise ""
 * @param number of the class, of a model of classes; otherwise −1
 * @param seed the root of its noise
 */
record Wish(String prompt, int number, long seed) {
  /** Letters of a prompt. */
  static final int LETTERS = 300;

  /**
   * Reads what a page asks for.
   *
   * @throws Refused if that is nothing that can be drawn
   */
  static Wish read(byte[] body) {
    JsonNode asked;
    try {
      asked = Json.parse(body, "The wish");
    } catch (JourneyException e) {
      throw new Refused(400, "What is to be drawn is no JSON object.");
    }
    JsonNode prompt = asked.path("prompt");
    JsonNode number = asked.path("class");
    JsonNode seed = asked.path("seed");
    if (!prompt.isTextual() || prompt.textValue().length() > LETTERS) {
      throw new Refused(400, "prompt must be a text of at most " + LETTERS + " letters.");
    }
    if (!number.isInt() || number.intValue() < -1) {
      throw new Refused(400, "class must be the number of a class, or -1.");
    }
    if (!seed.isInt() || seed.intValue() < 0) {
      throw new Refused(400, "seed must be a whole number of at most 2147483647.");
    }
    return new Wish(prompt.textValue(), number.intValue(), seed.intValue());
  }
}
