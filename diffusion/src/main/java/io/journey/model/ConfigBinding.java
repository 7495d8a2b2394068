package io.journey.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.DiffusersJson;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Binds diffusers' {@code config.json} to a record. Each component is an option, its name in snake
 * case; an option that is left out has its default. A constant of an enum is called as its {@link
 * JsonProperty} or {@link JsonAlias} says; one without cannot be chosen. Numbers and null are not
 * converted.
 *
 * @param className of the model, for messages
 * @param defaults of all options, as diffusers has them
 * @param fixed options that no component is for, each with the one value it may have: files write
 *     out what they do without. A list of such values says the same for every level
 */
public record ConfigBinding<R extends Record>(String className, R defaults, ObjectNode fixed) {
  /** Binds a class all of whose options are components. */
  public ConfigBinding(String className, R defaults) {
    this(className, defaults, Json.object());
  }

  /** An enum that may be null. Boxed numbers may always be. */
  @Target(ElementType.RECORD_COMPONENT)
  @Retention(RetentionPolicy.RUNTIME)
  public @interface OrNull {}

  /** Options that diffusers' {@code EMAModel} adds to a configuration; no model depends on it. */
  private static final Set<String> NOTES =
      Set.of(
          "decay",
          "inv_gamma",
          "min_decay",
          "optimization_step",
          "power",
          "update_after_step",
          "use_ema_warmup");

  /** The value of an option, and what is wrong with it. */
  private record Bound(Object value, List<String> problems) {
    static Bound to(Object value) {
      return new Bound(value, List.of());
    }

    static Bound wrong(String... problems) {
      return new Bound(null, List.of(problems));
    }
  }

  /**
   * Reads a configuration.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is unknown, of the wrong type or not
   *     supported, or saying why the options do not go together
   */
  public R read(ObjectNode json, String where) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    List<String> problems = new ArrayList<>();
    Set<String> known = new LinkedHashSet<>(NOTES);
    for (int i = 0; i < values.length; i++) {
      String name = DiffusersJson.snakeCase(components[i].getName());
      known.add(name);
      Bound bound =
          json.has(name)
              ? bind(components[i], name, json.get(name))
              : Bound.to(value(components[i], defaults));
      values[i] = bound.value();
      problems.addAll(bound.problems());
    }
    for (Map.Entry<String, JsonNode> option : fixed.properties()) {
      known.add(option.getKey());
      JsonNode value = json.path(option.getKey());
      if (!value.isMissingNode() && !isOnly(value, option.getValue())) {
        problems.add(option.getKey() + " " + value + " (only " + option.getValue() + ")");
      }
    }
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      // Names with an underscore are diffusers' own notes.
      if (!field.getKey().startsWith("_") && !known.contains(field.getKey())) {
        problems.add(field.getKey() + " " + field.getValue() + " (no option of " + className + ")");
      }
    }
    if (!problems.isEmpty()) {
      throw new JourneyException(
          where
              + " asks for what Journey does not support: "
              + String.join(", ", problems)
              + ": change these options, or name another checkpoint.");
    }
    try {
      return make(components, values);
    } catch (IllegalArgumentException e) {
      throw new JourneyException(
          where + " describes no usable " + className + ": " + e.getMessage() + ".", e);
    }
  }

  private static boolean isOnly(JsonNode value, JsonNode only) {
    if (value.isArray()) {
      return value.valueStream().allMatch(element -> isOnly(element, only));
    }
    return value.isNumber() && only.isNumber()
        ? value.doubleValue() == only.doubleValue()
        : value.equals(only);
  }

  /**
   * Writes a configuration. What runs and fingerprints compare does not change as options are
   * added: options beside {@code always} are written where they differ from the defaults.
   *
   * @param always options that are written in any case
   */
  public ObjectNode write(R config, Set<String> always) {
    return DiffusersJson.config(className, options(config), options(defaults), always);
  }

  private static ObjectNode options(Record config) {
    ObjectNode options = Json.object();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      options.set(DiffusersJson.snakeCase(component.getName()), tree(value(component, config)));
    }
    return options;
  }

  private static JsonNode tree(Object value) {
    if (value instanceof Enum<?> choice) {
      return Json.tree(names(choice).get(0));
    }
    if (value instanceof List<?> list) {
      ArrayNode array = Json.object().arrayNode();
      list.forEach(element -> array.add(tree(element)));
      return array;
    }
    return value == null ? Json.object().nullNode() : Json.tree(value);
  }

  private static Bound bind(RecordComponent component, String name, JsonNode value) {
    Class<?> type = component.getType();
    boolean list = type == List.class;
    Class<?> element =
        list
            ? (Class<?>)
                ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
            : type;
    boolean optional =
        type.isEnum() ? component.isAnnotationPresent(OrNull.class) : !type.isPrimitive() && !list;
    if (value.isNull() && optional) {
      return Bound.to(null);
    }
    JsonType expected = jsonType(element, list);
    if (expected == null) {
      return ofOwnType(type, name, value);
    }
    if (!expected.accepts(value)) {
      return Bound.wrong(name + " " + value + " (expected " + expected.words() + ")");
    }
    if (!element.isEnum()) {
      return Bound.to(list ? ints(value) : number(type, value));
    }
    return list ? choices(element, name, value) : choice(element, name, value, optional);
  }

  private static JsonType jsonType(Class<?> element, boolean list) {
    if (element == int.class || element == Integer.class) {
      return list ? JsonType.WHOLES : JsonType.WHOLE;
    }
    if (element.isEnum()) {
      return list ? JsonType.TEXTS : JsonType.TEXT;
    }
    if (element == double.class || element == Double.class) {
      return JsonType.NUMBER;
    }
    return element == boolean.class ? JsonType.TRUTH : null;
  }

  private static Object number(Class<?> type, JsonNode value) {
    if (type == boolean.class) {
      return value.booleanValue();
    }
    boolean fraction = type == double.class || type == Double.class;
    return fraction ? (Object) value.doubleValue() : (Object) value.intValue();
  }

  private static List<Integer> ints(JsonNode value) {
    List<Integer> ints = new ArrayList<>();
    value.forEach(n -> ints.add(n.intValue()));
    return ints;
  }

  /** Returns a type that Jackson reads by its own annotations. */
  private static Bound ofOwnType(Class<?> type, String name, JsonNode value) {
    try {
      return Bound.to(Json.bind(value, type, name));
    } catch (JourneyException e) {
      String words = type.getAnnotation(JsonClassDescription.class).value();
      return Bound.wrong(name + " " + value + " (expected " + words + ")");
    }
  }

  private static Bound choice(Class<?> type, String name, JsonNode value, boolean optional) {
    Object found = find(type, value.textValue());
    return found != null
        ? Bound.to(found)
        : Bound.wrong(name + " " + value + only(type, optional ? ", null)" : ")"));
  }

  private static Bound choices(Class<?> type, String name, JsonNode value) {
    List<Object> found = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>();
    for (JsonNode text : value) {
      Object one = find(type, text.textValue());
      if (one == null) {
        unknown.add(name + " " + text.textValue() + only(type, ")"));
      }
      found.add(one);
    }
    return unknown.isEmpty() ? Bound.to(found) : new Bound(null, List.copyOf(unknown));
  }

  private static Object find(Class<?> type, String text) {
    JsonFormat format = type.getAnnotation(JsonFormat.class);
    boolean anyCase =
        format != null
            && Arrays.asList(format.with())
                .contains(JsonFormat.Feature.ACCEPT_CASE_INSENSITIVE_VALUES);
    for (Object constant : type.getEnumConstants()) {
      for (String name : names((Enum<?>) constant)) {
        if (anyCase ? name.equalsIgnoreCase(text) : name.equals(text)) {
          return constant;
        }
      }
    }
    return null;
  }

  private static String only(Class<?> type, String end) {
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      names((Enum<?>) constant).stream().findFirst().ifPresent(names::add);
    }
    return " (only " + String.join(", ", names) + end;
  }

  /**
   * Returns the names of a constant, that which is written first; none where it cannot be chosen.
   */
  private static List<String> names(Enum<?> constant) {
    try {
      var field = constant.getDeclaringClass().getField(constant.name());
      List<String> names = new ArrayList<>();
      if (field.isAnnotationPresent(JsonProperty.class)) {
        names.add(field.getAnnotation(JsonProperty.class).value());
      }
      if (field.isAnnotationPresent(JsonAlias.class)) {
        names.addAll(Arrays.asList(field.getAnnotation(JsonAlias.class).value()));
      }
      return names;
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("a constant of an enum is a field of it", e);
    }
  }

  private static Object value(RecordComponent component, Record of) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a component of a record can always be read", e);
    }
  }

  @SuppressWarnings("unchecked")
  private R make(RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor = defaults.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return (R) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a configuration's constructor failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record has its canonical constructor", e);
    }
  }
}
