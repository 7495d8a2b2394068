package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/** The type of a value in a JSON file. Nothing is converted: "5" is no number. */
public enum JsonType {
  /** Fits an int. */
  WHOLE("a whole number up to 2147483647", n -> n.isIntegralNumber() && n.canConvertToInt()),
  /** Fits a long. */
  INTEGER("a whole number", n -> n.isIntegralNumber() && n.canConvertToLong()),
  /** Any number. */
  NUMBER("a number", JsonNode::isNumber),
  /** A boolean. */
  TRUTH("true or false", JsonNode::isBoolean),
  /** A string. */
  TEXT("a text", JsonNode::isTextual),
  /** An object. */
  OBJECT("an object", JsonNode::isObject),
  /** Array of ints. */
  WHOLES("a list of whole numbers", n -> isList(n, WHOLE)),
  /** Array of numbers. */
  NUMBERS("a list of numbers", n -> isList(n, NUMBER)),
  /** Array of strings. */
  TEXTS("a list of texts", n -> isList(n, TEXT));

  private static final int MOST_SHOWN = 120;

  private final String words;
  private final Predicate<JsonNode> test;

  JsonType(String words, Predicate<JsonNode> test) {
    this.words = words;
    this.test = test;
  }

  private static boolean isList(JsonNode list, JsonType type) {
    boolean all = list.isArray();
    for (JsonNode element : list) {
      all &= type.test.test(element);
    }
    return all;
  }

  /** Returns whether a value is of this type. */
  public boolean accepts(JsonNode value) {
    return test.test(value);
  }

  /** Returns the type as people say it, such as "a number". */
  public String words() {
    return words;
  }

  /** Returns the type of a number, truth or text. */
  public static JsonType of(JsonNode example) {
    for (JsonType type : new JsonType[] {WHOLE, NUMBER, TRUTH, TEXT}) {
      if (type.test.test(example)) {
        return type;
      }
    }
    throw new IllegalArgumentException("there is no type like " + example);
  }

  /**
   * Refuses a value of another type.
   *
   * @param name of the setting
   * @param where the file, for the message
   */
  public void require(JsonNode value, String name, String where) {
    if (!test.test(value)) {
      throw new JourneyException(where + " has " + unlike(value, name) + ": correct the file.");
    }
  }

  /** Returns what is found and what was expected: "k 7, expected a text". */
  String unlike(JsonNode value, String name) {
    String found = value.isMissingNode() ? "no " + name : name + " " + shortened(value.toString());
    return found + ", expected " + words;
  }

  private static String shortened(String json) {
    return json.length() <= MOST_SHOWN ? json : json.substring(0, MOST_SHOWN) + "…";
  }
}
