package io.journey.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.DiffusersJson;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import io.journey.run.SettingException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The options of schedulers, between the components of their records and JSON. */
final class SchedulerOptions {
  /** η is an argument of diffusers' steps, no option of a file. */
  private static final String ETA = "eta_value";

  private SchedulerOptions() {}

  /** Returns the options of a scheduler in the names of diffusers. */
  static ObjectNode of(Scheduler scheduler) {
    ObjectNode options = Json.tree(scheduler);
    options.remove(ETA);
    return options;
  }

  /** Returns whether an option is one of a scheduler's, supported or not. */
  static boolean has(Scheduler scheduler, String option) {
    return of(scheduler).has(option) || scheduler.fixedOptions().has(option);
  }

  /**
   * Returns a scheduler with the options that are given of those that it has; the others keep their
   * value.
   *
   * @param given options of this scheduler and of others
   * @param where they stand, for messages
   * @param problems gets a sentence's part for every value that is not supported
   * @throws JourneyException if a value is of another type or out of range
   */
  static Scheduler bind(
      Scheduler scheduler, ObjectNode given, String where, List<String> problems) {
    ObjectNode options = Json.tree(scheduler);
    Map<String, Class<?>> types = types(scheduler);
    for (Map.Entry<String, JsonNode> option : of(scheduler).properties()) {
      String name = option.getKey();
      if (given.hasNonNull(name)) {
        JsonNode value = given.get(name);
        JsonType.of(option.getValue()).require(value, name, where);
        List<String> choices = choices(types.get(name));
        if (choices.isEmpty() || choices.contains(value.asText())) {
          options.set(name, value);
        } else {
          problems.add(name + " " + value + " (only " + String.join(", ", choices) + ")");
        }
      }
    }
    for (Map.Entry<String, JsonNode> fixed : scheduler.fixedOptions().properties()) {
      JsonNode value = given.path(fixed.getKey());
      if (!value.isMissingNode() && !value.isNull() && !isSame(value, fixed.getValue())) {
        problems.add(fixed.getKey() + " " + value + " (only " + fixed.getValue() + ")");
      }
    }
    return Json.bind(options, scheduler.getClass(), where);
  }

  private static boolean isSame(JsonNode a, JsonNode b) {
    return a.isNumber() && b.isNumber() ? a.doubleValue() == b.doubleValue() : a.equals(b);
  }

  static Scheduler with(Scheduler scheduler, String option, Object value) {
    JsonNode json = Json.tree(value);
    if (!of(scheduler).has(option)) {
      throw new SettingException(scheduler.name() + " has no option " + option);
    }
    List<String> problems = new ArrayList<>();
    Scheduler changed =
        bind(scheduler, Json.object().set(option, json), scheduler.className(), problems);
    if (!problems.isEmpty()) {
      throw new SettingException(scheduler.className() + " does not support " + problems.get(0));
    }
    return changed;
  }

  /** Returns the types of options by their names. */
  private static Map<String, Class<?>> types(Scheduler scheduler) {
    Map<String, Class<?>> types = new TreeMap<>();
    for (RecordComponent component : scheduler.getClass().getRecordComponents()) {
      types.put(DiffusersJson.snakeCase(component.getName()), component.getType());
    }
    return types;
  }

  /** Returns the values of an enum as JSON has them; empty for other types. */
  static List<String> choices(Class<?> type) {
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants()).map(c -> Json.tree(c).asText()).toList()
        : List.of();
  }
}
