package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names of a model's classes by their numbers, as diffusers' pipelines of classes keep them:
 * {@code id2label} in {@code model_index.json}. They help people; no number depends on them. Beside
 * them, as {@code null_class}, stands the number that means "no class".
 *
 * @param byNumber empty where the files do not name them
 * @param nullClass what the model was told in place of a class that was dropped in training; no
 *     image is of it
 */
public record ClassNames(SortedMap<Integer, String> byNumber, OptionalInt nullClass) {
  /** No names. */
  public static final ClassNames NONE = new ClassNames(new TreeMap<>(), OptionalInt.empty());

  static final String INDEX = "model_index.json";
  private static final String FIELD = "id2label";
  private static final String NULL_CLASS = "null_class";

  public ClassNames {
    byNumber = Collections.unmodifiableSortedMap(new TreeMap<>(byNumber));
  }

  /** Returns names in the order of their numbers, from 0 on. */
  public static ClassNames of(List<String> names) {
    SortedMap<Integer, String> byNumber = new TreeMap<>();
    names.forEach(name -> byNumber.put(byNumber.size(), name));
    return new ClassNames(byNumber, OptionalInt.empty());
  }

  /** The same of a model that also knows images of no class. */
  public ClassNames withNullClass(OptionalInt number) {
    return new ClassNames(byNumber, number);
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
    ObjectNode content = Json.read(index);
    JsonNode told = content.path(FIELD);
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
    OptionalInt nullClass = OptionalInt.empty();
    if (content.has(NULL_CLASS)) {
      nullClass =
          OptionalInt.of(
              new JsonFields(content, index.toString()).whole(NULL_CLASS, 0, Integer.MAX_VALUE));
    }
    return new ClassNames(byNumber, nullClass);
  }

  /**
   * Returns those of a model's conditions that images have: all but the null class.
   *
   * @param known all that the model takes
   */
  public ConditioningSpec ofImages(ConditioningSpec known) {
    int last = known.classes().last();
    boolean isNull = nullClass.isPresent() && nullClass.getAsInt() == last;
    return isNull ? new ConditioningSpec(InputRange.below(last)) : known;
  }

  /** Writes them into a pipeline's index. */
  void addTo(ObjectNode index) {
    if (!byNumber.isEmpty()) {
      ObjectNode field = index.putObject(FIELD);
      byNumber.forEach((number, name) -> field.put(Integer.toString(number), name));
    }
    nullClass.ifPresent(number -> index.put(NULL_CLASS, number));
  }

  /** Returns the number of a class, or -1 where no class has this name. */
  public int numberOf(String name) {
    return byNumber.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .mapToInt(Map.Entry::getKey)
        .findFirst()
        .orElse(-1);
  }
}
