package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names of a model's classes by their numbers, as diffusers' pipelines of classes keep them:
 * {@code id2label} in {@code model_index.json}. They help people; no number depends on them.
 *
 * @param byNumber empty where they are not told
 */
public record ClassNames(SortedMap<Integer, String> byNumber) {
  /** None are told. */
  public static final ClassNames NONE = new ClassNames(new TreeMap<>());

  static final String INDEX = "model_index.json";
  private static final String FIELD = "id2label";

  public ClassNames {
    byNumber = Collections.unmodifiableSortedMap(new TreeMap<>(byNumber));
  }

  /** Names in the order of their numbers, from 0 on. */
  public static ClassNames of(List<String> names) {
    SortedMap<Integer, String> byNumber = new TreeMap<>();
    names.forEach(name -> byNumber.put(byNumber.size(), name));
    return new ClassNames(byNumber);
  }

  /**
   * Those of the pipeline that a model's folder belongs to.
   *
   * @throws JourneyException if the pipeline tells them in another form
   */
  static ClassNames near(Path modelFolder) {
    Path parent = modelFolder.toAbsolutePath().normalize().getParent();
    Path index = parent == null ? null : parent.resolve(INDEX);
    if (index == null || !modelFolder.endsWith("unet") || !Files.isRegularFile(index)) {
      return NONE;
    }
    JsonNode told = Json.read(index).path(FIELD);
    SortedMap<Integer, String> byNumber = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : told.properties()) {
      if (!entry.getKey().matches("\\d{1,9}") || !entry.getValue().isTextual()) {
        throw new JourneyException(
            index
                + " names the class "
                + entry.getKey()
                + " "
                + entry.getValue()
                + " in "
                + FIELD
                + ", expected numbers with texts, such as \"0\": \"cat\": correct it.");
      }
      byNumber.put(Integer.valueOf(entry.getKey()), entry.getValue().textValue());
    }
    return new ClassNames(byNumber);
  }

  /** Writes them into a pipeline's index. */
  void addTo(ObjectNode index) {
    if (!byNumber.isEmpty()) {
      ObjectNode field = index.putObject(FIELD);
      byNumber.forEach((number, name) -> field.put(Integer.toString(number), name));
    }
  }

  /** The number of a class, or -1 where no class has this name. */
  public int numberOf(String name) {
    return byNumber.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .mapToInt(Map.Entry::getKey)
        .findFirst()
        .orElse(-1);
  }
}
