package io.journey.benchmarks.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.journey.random.RandomStream;
import io.journey.run.Json;
import java.util.ArrayList;
import java.util.List;

/** Changes to a JSON object that leave it JSON: other types, extreme numbers, missing fields. */
final class JsonMutations {
  /** What takes the place of a value, as it is written. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "2",
          "0.5",
          "3.0",
          "65536",
          "2147483647",
          "2147483648",
          "-2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "1e308",
          "1e999",
          "-0.0",
          "1e-320",
          "NaN",
          "7".repeat(2000),
          "\"\"",
          "\"x\"",
          "\"12\"",
          "\"NaN\"",
          "\"../../outside/secret.txt\"",
          "\"/etc/hostname\"",
          "\"member-000/../member-000\"",
          "\"a\\u0000b\"",
          "\"\\u001b[31m\\u202e\"",
          "\"" + "long".repeat(2000) + "\"",
          "[]",
          "{}",
          "[0]",
          "[-1, 2147483647]",
          "[null]",
          "[[1]]",
          "[\"x\", \"y\"]",
          "{\"x\": 1}",
          "[" + "1,".repeat(5000) + "1]",
          "[".repeat(3000) + "]".repeat(3000),
          "{\"a\":".repeat(900) + "1" + "}".repeat(900));

  private final RandomStream random;
  private String said = "";

  JsonMutations(RandomStream random) {
    this.random = random;
  }

  /** Returns what was done. */
  String said() {
    return said.strip();
  }

  /** Returns the text of the object with one to three changes. */
  byte[] several(ObjectNode object) {
    ObjectNode changed = object.deepCopy();
    int count = 1 + random.nextInt(3) * random.nextInt(2);
    for (int i = 0; i < count; i++) {
      one(changed);
    }
    return Json.bytes(changed);
  }

  private void one(ObjectNode root) {
    List<ContainerNode<?>> all = new ArrayList<>();
    collect(root, all);
    ContainerNode<?> chosen = all.get(random.nextInt(all.size()));
    if (chosen.isEmpty()) {
      add(chosen);
    } else if (chosen instanceof ObjectNode object) {
      changeField(object);
    } else {
      changeElement((ArrayNode) chosen);
    }
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> into) {
    if (node instanceof ContainerNode<?> container) {
      into.add(container);
      container.forEach(child -> collect(child, into));
    }
  }

  private void add(ContainerNode<?> to) {
    RawValue value = value();
    if (to instanceof ObjectNode object) {
      object.putRawValue("added", value);
    } else {
      ((ArrayNode) to).addRawValue(value);
    }
    say("added", "", value);
  }

  private void changeField(ObjectNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(8)) {
      case 0 -> {
        object.remove(name);
        say("removed", name, null);
      }
      case 1 -> {
        object.set(name + "_", object.remove(name));
        say("renamed", name, null);
      }
      case 2 -> {
        String other = names.get(random.nextInt(names.size()));
        JsonNode kept = object.get(other);
        object.set(other, object.get(name));
        object.set(name, kept);
        say("swapped", name + " and " + other, null);
      }
      case 3 -> {
        String[] prepared = {"../../outside/secret.txt", "/etc/hostname", "", "a\nb", "__proto__"};
        String other = prepared[random.nextInt(prepared.length)];
        object.set(other, object.remove(name));
        say("renamed", name + " to " + other, null);
      }
      default -> {
        RawValue value = value();
        object.putRawValue(name, value);
        say("set", name, value);
      }
    }
  }

  private void changeElement(ArrayNode array) {
    int index = random.nextInt(array.size());
    switch (random.nextInt(4)) {
      case 0 -> {
        array.remove(index);
        say("removed", "[" + index + "]", null);
      }
      case 1 -> {
        array.insert(index, array.get(random.nextInt(array.size())));
        say("doubled", "[" + index + "]", null);
      }
      default -> {
        RawValue value = value();
        array.remove(index);
        array.insertRawValue(index, value);
        say("set", "[" + index + "]", value);
      }
    }
  }

  private RawValue value() {
    return new RawValue(VALUES.get(random.nextInt(VALUES.size())));
  }

  private void say(String word, String where, RawValue value) {
    String shown = value == null ? "" : " " + value.rawValue();
    said +=
        " "
            + word
            + " "
            + where
            + (shown.length() > 40 ? shown.substring(0, 40) + "…" : shown)
            + ";";
  }
}
