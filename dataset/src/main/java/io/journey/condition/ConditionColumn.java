package io.journey.condition;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.journey.array.Safetensors;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The conditions of N images as files keep them: in safetensors the tensor {@code labels}, int64
 * [N], the numbers of classes; it is absent where images have no condition. In JSON a list of the
 * numbers, empty where images have no condition.
 */
public final class ConditionColumn {
  private static final String LABELS = "labels";

  private ConditionColumn() {}

  /**
   * Adds conditions to a file of tensors.
   *
   * @param conditions of all images; all of one kind
   */
  public static void add(Safetensors.Writer writer, List<Condition> conditions) {
    if (conditions.stream().allMatch(Condition::isNone)) {
      return;
    }
    long[] numbers =
        conditions.stream().mapToLong(condition -> condition.classNumber().orElseThrow()).toArray();
    writer.add(LABELS, numbers, numbers.length);
  }

  /**
   * Reads conditions from a file of tensors.
   *
   * @param count N
   * @param remedy for messages, such as "sample it again"
   * @throws JourneyException if there are more or fewer, or one is no condition
   */
  public static List<Condition> read(Safetensors tensors, int count, String remedy) {
    if (!tensors.names().contains(LABELS)) {
      return Collections.nCopies(count, Condition.NONE);
    }
    List<Long> shape = tensors.entry(LABELS).shape();
    if (!shape.equals(List.of((long) count))) {
      throw new JourneyException(
          tensors.file()
              + " has "
              + LABELS
              + " of shape "
              + shape
              + ", expected "
              + List.of(count)
              + ": "
              + remedy
              + ".");
    }
    List<Condition> conditions = new ArrayList<>();
    for (long number : tensors.longs(LABELS)) {
      if (number < 0 || number > Integer.MAX_VALUE) {
        throw new JourneyException(
            tensors.file() + " has the label " + number + ": " + remedy + ".");
      }
      conditions.add(new Condition.ClassLabel((int) number));
    }
    return conditions;
  }

  /** Returns conditions as settings keep them. */
  public static ArrayNode json(List<Condition> conditions) {
    ArrayNode numbers = Json.object().arrayNode();
    conditions.forEach(condition -> condition.classNumber().ifPresent(numbers::add));
    return numbers;
  }
}
