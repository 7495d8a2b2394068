package io.journey.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The settings of stages as manifests have them: a field for each component of a record, in its
 * order, named in snake_case; null is left out.
 */
public final class SettingsJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private SettingsJson() {}

  /** Returns settings as JSON. */
  public static ObjectNode json(Record settings) {
    return MAPPER.valueToTree(settings);
  }

  /**
   * Reads settings.
   *
   * @param where the file, for messages
   * @throws JourneyException if a field is unknown, missing or of another type
   */
  public static <T extends Record> T read(ObjectNode json, Class<T> type, String where) {
    try {
      return MAPPER.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      String reason =
          cause instanceof JsonProcessingException unread
              ? unread.getOriginalMessage()
              : cause.getMessage();
      throw new JourneyException(where + " has " + reason + ": make it again.", e);
    }
  }
}
