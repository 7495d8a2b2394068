package io.journey.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds the first setting in which two runs differ, and says so. */
final class SettingsDifference {
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
  private static final int SHOWN_DIGITS = 12;

  private SettingsDifference() {}

  static void refuse(Path directory, String file, JsonNode found, JsonNode asked) {
    String difference = first("", found, asked);
    if (difference != null) {
      throw new JourneyException(
          directory
              + " was begun with "
              + difference
              + " ("
              + file
              + "): match it or name a new directory.");
    }
  }

  /** Returns the first difference, or null where there is none. */
  static String first(JsonNode found, JsonNode asked) {
    return first("", found, asked);
  }

  /** "settings.draws 10, this run asks for 20", or null where there is none. */
  private static String first(String path, JsonNode found, JsonNode asked) {
    if (!found.isObject() || !asked.isObject()) {
      // Numbers are compared as text: 1 read as int and 1 written as long are one number.
      return found.toString().equals(asked.toString()) ? null : words(path, found, asked);
    }
    if (!found.isEmpty() && asked.properties().stream().noneMatch(one -> found.has(one.getKey()))) {
      return words(path, found, asked); // Names of things, not of settings.
    }
    for (Map.Entry<String, JsonNode> field : asked.properties()) {
      String name = field.getKey();
      String difference = first(below(path, name), found.path(name), field.getValue());
      if (difference != null) {
        return difference;
      }
    }
    for (Map.Entry<String, JsonNode> field : found.properties()) {
      if (!asked.has(field.getKey())) {
        return words(below(path, field.getKey()), field.getValue(), asked.path(field.getKey()));
      }
    }
    return null;
  }

  private static String below(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String words(String path, JsonNode found, JsonNode asked) {
    return (found.isMissingNode() ? "no " + path : path + " " + shown(found))
        + ", this run asks for "
        + (asked.isMissingNode() ? "none" : shown(asked));
  }

  /** A value; of a fingerprint the first digits. */
  private static String shown(JsonNode value) {
    return value.isTextual() && FINGERPRINT.matcher(value.asText()).matches()
        ? value.asText().substring(0, SHOWN_DIGITS) + "…"
        : value.toString();
  }
}
