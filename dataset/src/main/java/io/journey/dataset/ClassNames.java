package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.JourneyException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Classes found in a column of labels: numbers keep their number and are called by it, texts are
 * numbered in code-point order.
 */
final class ClassNames {
  private static final int MAX_CLASSES = 1_000_000;

  private final List<String> names;
  private final Map<String, Integer> labels = new HashMap<>();

  private ClassNames(List<String> names) {
    this.names = names;
    for (int i = 0; i < names.size(); i++) {
      labels.put(names.get(i), i);
    }
  }

  /**
   * Returns the classes of a set.
   *
   * @param written the label of every example, null where there is none
   * @param where for messages
   * @throws JourneyException if a number is too large to be that of a class
   */
  static ClassNames of(List<String> written, String where) {
    List<String> distinct = written.stream().filter(Objects::nonNull).distinct().toList();
    if (!distinct.stream().allMatch(v -> v.matches("-?\\d{1,18}"))) {
      return new ClassNames(distinct.stream().sorted(CodePoints::compare).toList());
    }
    long largest = distinct.stream().mapToLong(Long::parseLong).max().orElse(-1);
    if (largest >= MAX_CLASSES) {
      throw new JourneyException(
          where + " has the label " + largest + ", too large for the number of a class.");
    }
    return new ClassNames(
        IntStream.rangeClosed(0, (int) largest).mapToObj(Integer::toString).toList());
  }

  List<String> names() {
    return names;
  }

  /** Returns the class that is written so; none for null and for negative numbers. */
  Condition condition(String written) {
    if (written == null) {
      return Condition.NONE;
    }
    Integer label = labels.get(written);
    if (label == null && written.startsWith("-")) {
      return Condition.NONE;
    }
    return new Condition.ClassLabel(
        label == null ? labels.get(Long.toString(Long.parseLong(written))) : label);
  }
}
