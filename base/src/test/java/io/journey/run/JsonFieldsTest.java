package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Values are of the type asked for, or refused by name: nothing is converted or left out. */
class JsonFieldsTest {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "7",
          "-7",
          "5000000000",
          "99999999999999999999",
          "7.5",
          "\"7\"",
          "\"\"",
          "[]",
          "[7]",
          "[\"x\",\"y\"]",
          "{}");

  /** Which of {@link #VALUES} each reading accepts. */
  private static final Map<BiConsumer<JsonFields, String>, List<String>> ACCEPTED =
      Map.of(
          JsonFields::text,
          List.of("\"7\"", "\"\""),
          (fields, name) -> fields.text(name, "other"),
          List.of("\"7\"", "\"\""),
          (fields, name) -> fields.whole(name, 1, 999),
          List.of("7"),
          (fields, name) -> fields.whole(name, -10, 10),
          List.of("7", "-7"),
          JsonFields::integer,
          List.of("7", "-7", "5000000000"),
          JsonFields::number,
          List.of("7", "-7", "5000000000", "99999999999999999999", "7.5"),
          JsonFields::object,
          List.of("{}"),
          JsonFields::wholes,
          List.of("[]", "[7]"));

  private static JsonFields of(String value) {
    byte[] text = ("{\"k\": " + value + "}").getBytes(StandardCharsets.UTF_8);
    return new JsonFields(Json.parse(text, "it"), "runs/a/manifest.json, settings");
  }

  @Test
  void eachReadingTakesItsOwnTypeAlone() {
    ACCEPTED.forEach(
        (reading, accepted) -> {
          for (String value : VALUES) {
            if (accepted.contains(value)) {
              reading.accept(of(value), "k");
            } else {
              assertThatThrownBy(() -> reading.accept(of(value), "k"))
                  .as(value)
                  .isInstanceOf(JourneyException.class)
                  .hasMessageContaining("runs/a/manifest.json, settings has k")
                  .hasMessageContaining("expected")
                  .hasMessageEndingWith("make it again.");
            }
          }
        });
  }

  @Test
  void whatIsMissingHasNoValue() {
    JsonFields none = new JsonFields(Json.object(), "it");
    assertThatThrownBy(() -> none.whole("members", 1, 999))
        .hasMessage("it has no members, expected a whole number up to 2147483647: make it again.");
    assertThat(none.text("function", "loss")).isEqualTo("loss");
    assertThatThrownBy(() -> of("{\"a\": 1}").fields("k").text("a"))
        .hasMessageStartingWith("runs/a/manifest.json, settings, k has a 1, expected a text");
  }

  @Test
  void aNumberOutOfRangeIsNamedWithItsRange() {
    assertThatThrownBy(() -> of("2000000000").whole("k", 1, 999))
        .hasMessageContaining("has k 2000000000, expected 1 to 999");
    assertThatThrownBy(() -> of("0").whole("k", 1, Integer.MAX_VALUE))
        .hasMessageContaining("has k 0, expected at least 1");
  }

  /** A record takes a text or a fraction for a number no more than a reader does. */
  @Test
  void recordsConvertNothingEither() {
    record Sizes(int width, double rate) {}
    for (String json :
        List.of(
            "{\"width\": \"7\", \"rate\": 1}",
            "{\"width\": 7.5, \"rate\": 1}",
            "{\"width\": null, \"rate\": 1}",
            "{\"width\": true, \"rate\": 1}",
            "{\"width\": [7], \"rate\": 1}",
            "{\"width\": 7, \"rate\": \"1\"}",
            "{\"rate\": 1}")) {
      byte[] text = json.getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> Json.bind(Json.parse(text, "it"), Sizes.class, "it"))
          .as(json)
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("it does not hold usable settings");
    }
    byte[] right = "{\"width\": 7, \"rate\": 1}".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.bind(Json.parse(right, "it"), Sizes.class, "it")).isEqualTo(new Sizes(7, 1));
  }
}
