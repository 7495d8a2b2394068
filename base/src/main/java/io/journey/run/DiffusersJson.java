package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** JSON as diffusers writes it: the class first, options in snake case. */
public final class DiffusersJson {
  /** The version of diffusers that files are written for. */
  private static final String WRITTEN_FOR = "0.35.0";

  private DiffusersJson() {}

  /** Returns an object that names its class and the version of diffusers. */
  public static ObjectNode object(String className) {
    return Json.object().put("_class_name", className).put("_diffusers_version", WRITTEN_FOR);
  }

  /**
   * Returns a configuration. What runs and fingerprints compare does not change as options are
   * added: first come the options of {@code always}, then those that differ from the defaults, both
   * in the order of the alphabet.
   *
   * @param always options that are written at their defaults too
   */
  public static ObjectNode config(
      String className, ObjectNode options, ObjectNode defaults, Set<String> always) {
    Map<String, JsonNode> first = new TreeMap<>();
    Map<String, JsonNode> others = new TreeMap<>();
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      if (always.contains(option.getKey())) {
        first.put(option.getKey(), option.getValue());
      } else if (!option.getValue().equals(defaults.get(option.getKey()))) {
        others.put(option.getKey(), option.getValue());
      }
    }
    ObjectNode json = object(className);
    first.forEach(json::set);
    others.forEach(json::set);
    return json;
  }

  /** Returns the name of an option for that of a record's component. */
  public static String snakeCase(String component) {
    return SnakeCaseStrategy.INSTANCE.translate(component);
  }
}
