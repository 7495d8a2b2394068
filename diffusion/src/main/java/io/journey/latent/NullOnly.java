package io.journey.latent;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.SettingException;

/** The type of an option that is known and must be null: it has no values. */
@JsonClassDescription("null")
final class NullOnly {
  private NullOnly() {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static NullOnly of(JsonNode json) {
    throw new SettingException("it must be null");
  }
}
