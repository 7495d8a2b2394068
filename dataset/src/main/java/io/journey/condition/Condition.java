package io.journey.condition;

import io.journey.run.Checksums;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** The condition that one image is drawn under, a training example or a target. */
public sealed interface Condition extends Serializable {
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

  /** Returns the text, if the condition is one, with its states or without. */
  default Optional<String> captionText() {
    return Optional.empty();
  }

  /**
   * Returns this condition as a model is asked with it: a {@link Prompt} as a {@link Caption}, any
   * other as it is.
   */
  default Condition resolve(CaptionEncoder encoder) {
    return this;
  }

  /** Returns this condition as files keep it: a {@link Caption} as a {@link Prompt}. */
  default Condition stored() {
    return this;
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

  /**
   * A text whose states nobody has computed yet. No model takes it before {@link #resolve}.
   *
   * @param text a caption, or ""
   */
  record Prompt(String text) implements Condition {
    public Prompt {
      Objects.requireNonNull(text, "text");
    }

    @Override
    public byte[] fingerprint() {
      return ofText("prompt", text).digest();
    }

    @Override
    public String words(List<String> classNames) {
      return text;
    }

    @Override
    public Optional<String> captionText() {
      return Optional.of(text);
    }

    @Override
    public Condition resolve(CaptionEncoder encoder) {
      return new Caption(text, encoder.states(text));
    }
  }

  /**
   * A text and its states. Captions are equal if their texts are and the fingerprints of their
   * states.
   *
   * @param text "" is the null condition of guidance
   * @param states of the model's text encoder
   */
  record Caption(String text, TextStates states) implements Condition {
    public Caption {
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(states, "states");
    }

    @Override
    public byte[] fingerprint() {
      MessageDigest digest = ofText("caption", text);
      digest.update(states.fingerprint());
      return digest.digest();
    }

    @Override
    public String words(List<String> classNames) {
      return text;
    }

    @Override
    public Optional<String> captionText() {
      return Optional.of(text);
    }

    @Override
    public Condition stored() {
      return new Prompt(text);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Caption caption
          && text.equals(caption.text)
          && Arrays.equals(states.fingerprint(), caption.states.fingerprint());
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }
  }

  private static MessageDigest ofText(String kind, String text) {
    MessageDigest digest = Checksums.sha256();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(kind.getBytes(StandardCharsets.UTF_8));
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
    return digest;
  }
}
