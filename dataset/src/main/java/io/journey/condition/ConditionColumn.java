package io.journey.condition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.journey.array.Safetensors;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The conditions of N images as files keep them. In safetensors classes are the tensor {@code
 * labels}, int64 [N], their numbers; texts are the metadata {@code prompts}, a JSON list of N
 * strings. Both are absent where images have no condition. In JSON conditions are a list of the
 * numbers or of the texts, empty where images have none.
 *
 * <p>The states of a text are not kept: texts are read as {@link Condition.Prompt}, for whoever has
 * the text encoder to resolve.
 */
public final class ConditionColumn {
  private static final String LABELS = "labels";

  /** The metadata that texts are. */
  public static final String PROMPTS = "prompts";

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
    if (conditions.stream().allMatch(condition -> condition.captionText().isPresent())) {
      writer.metadata(PROMPTS, json(conditions).toString());
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
    if (tensors.metadata().containsKey(PROMPTS)) {
      return prompts(tensors, count, remedy);
    }
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

  private static List<Condition> prompts(Safetensors tensors, int count, String remedy) {
    List<Condition> prompts = new ArrayList<>();
    String field = "{\"" + PROMPTS + "\":" + tensors.metadata().get(PROMPTS) + "}";
    String where = "The metadata of " + tensors.file();
    for (JsonNode text : Json.parse(field.getBytes(StandardCharsets.UTF_8), where).path(PROMPTS)) {
      if (text.isTextual()) {
        prompts.add(new Condition.Prompt(text.textValue()));
      }
    }
    if (prompts.size() != count) {
      throw new JourneyException(
          tensors.file()
              + " has "
              + Counted.of(prompts.size(), "prompts")
              + ", expected "
              + count
              + ": "
              + remedy
              + ".");
    }
    return prompts;
  }

  /** Returns conditions as settings keep them. */
  public static ArrayNode json(List<Condition> conditions) {
    ArrayNode list = Json.object().arrayNode();
    for (Condition condition : conditions) {
      condition.classNumber().ifPresent(list::add);
      condition.captionText().ifPresent(list::add);
    }
    return list;
  }
}
