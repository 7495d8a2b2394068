package io.journey.model;

import io.journey.condition.Condition;
import io.journey.run.SettingException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The conditions a denoiser takes.
 *
 * @param classes the numbers of the classes that it knows; empty: it takes no condition and ignores
 *     those that images have
 */
public record ConditioningSpec(InputRange classes) {
  /** The denoiser takes no condition. */
  public static final ConditioningSpec NONE = new ConditioningSpec(InputRange.NONE);

  /** Returns whether the denoiser takes no condition. */
  public boolean isEmpty() {
    return classes.isEmpty();
  }

  /** Returns whether the denoiser can be asked about an image under this condition. */
  public boolean accepts(Condition condition) {
    return isEmpty() || condition.classNumber().stream().anyMatch(classes::contains);
  }

  /**
   * Returns a class that the denoiser is asked to draw.
   *
   * @throws SettingException if it does not know the class
   */
  public Condition ofClass(int number) {
    if (isEmpty()) {
      throw new SettingException(
          "the model knows no classes, got label " + number + ": leave labels out");
    }
    if (!classes.contains(number)) {
      throw new SettingException("labels must be " + classes + ", got " + number);
    }
    return new Condition.ClassLabel(number);
  }

  /**
   * Returns every condition there is.
   *
   * @throws IllegalStateException if there is no largest class
   */
  public List<Condition> all() {
    if (classes.isOpen()) {
      throw new IllegalStateException("there is no largest class");
    }
    return isEmpty()
        ? List.of(Condition.NONE)
        : IntStream.rangeClosed(classes.first(), classes.last()).mapToObj(this::ofClass).toList();
  }

  /**
   * Refuses to draw under conditions that the denoiser does not take, and under none where it needs
   * one.
   *
   * @param chosen one or more, drawn in turn
   */
  public void requireChoice(List<Condition> chosen) {
    for (Condition condition : chosen) {
      if (condition.isNone() && !isEmpty()) {
        throw new SettingException(
            "the model samples images of a class: choose labels, " + classes);
      }
      condition.classNumber().ifPresent(this::ofClass);
    }
  }

  /** Describes the conditions for a message: "the classes 0 to 9", or "no condition". */
  @Override
  public String toString() {
    return isEmpty() ? "no condition" : "the classes " + classes;
  }
}
