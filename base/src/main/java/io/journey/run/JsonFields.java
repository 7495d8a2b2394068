package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of an object in a JSON file that Journey wrote, each of the type that is asked
 * for: a text is no number, a list no text, and what is missing has no value.
 *
 * @param object whose fields are read
 * @param where the file, and the object in it, for messages
 */
public record JsonFields(ObjectNode object, String where) {

  /** Returns whether there is a field of this name, null included. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** Returns a text. */
  public String text(String name) {
    return required(name, JsonType.TEXT).textValue();
  }

  /** Returns a text, or another where the field is not there. */
  public String text(String name, String otherwise) {
    return has(name) ? text(name) : otherwise;
  }

  /**
   * Returns a whole number.
   *
   * @param least smallest value
   * @param most largest value
   */
  public int whole(String name, int least, int most) {
    int value = required(name, JsonType.WHOLE).intValue();
    if (value < least || value > most) {
      throw new JourneyException(
          where
              + " has "
              + name
              + " "
              + value
              + ", expected "
              + (most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most)
              + ": make it again.");
    }
    return value;
  }

  /** Returns a whole number of up to 64 bits, such as a seed. */
  public long integer(String name) {
    return required(name, JsonType.INTEGER).longValue();
  }

  /** Returns a number. */
  public double number(String name) {
    return required(name, JsonType.NUMBER).doubleValue();
  }

  /** Returns an object. */
  public ObjectNode object(String name) {
    return (ObjectNode) required(name, JsonType.OBJECT);
  }

  /** Returns the fields of an object. */
  public JsonFields fields(String name) {
    return new JsonFields(object(name), where + ", " + name);
  }

  /** Returns a list of whole numbers. */
  public int[] wholes(String name) {
    JsonNode list = required(name, JsonType.WHOLES);
    int[] out = new int[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = list.get(i).intValue();
    }
    return out;
  }

  private JsonNode required(String name, JsonType type) {
    JsonNode value = object.path(name);
    if (!type.accepts(value)) {
      throw new JourneyException(where + " has " + type.unlike(value, name) + ": make it again.");
    }
    return value;
  }
}
