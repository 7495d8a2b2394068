package io.journey.condition;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;

/** The condition that one image is drawn under, a training example or a target. */
public sealed interface Condition {
  /** No condition. */
  Condition NONE = new None();

  /**
   * Returns the bytes that stand for this condition in fingerprints of data and targets; other
   * conditions have others.
   */
  byte[] fingerprint();

  /**
   * Describes this condition for a reader.
   *
   * @param classNames the names of the classes by their numbers, as far as they are known
   * @return "" for no condition
   */
  String words(List<String> classNames);

  /** Returns the number of the class, if the condition is one. */
  default OptionalInt classNumber() {
    return OptionalInt.empty();
  }

  /** Whether there is no condition. */
  default boolean isNone() {
    return equals(NONE);
  }

  /** No condition; its fingerprint is −1. */
  record None() implements Condition {
    @Override
    public byte[] fingerprint() {
      return ByteBuffer.allocate(Integer.BYTES).putInt(-1).array();
    }

    @Override
    public String words(List<String> classNames) {
      return "";
    }
  }

  /**
   * A class; its fingerprint is its number.
   *
   * @param number at least 0
   */
  record ClassLabel(int number) implements Condition {
    public ClassLabel {
      if (number < 0) {
        throw new IllegalArgumentException(
            "the number of a class must be at least 0, got " + number);
      }
    }

    @Override
    public byte[] fingerprint() {
      return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    @Override
    public String words(List<String> classNames) {
      return number < classNames.size() ? classNames.get(number) : "class " + number;
    }

    @Override
    public OptionalInt classNumber() {
      return OptionalInt.of(number);
    }
  }
}
